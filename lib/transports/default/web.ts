/** What fetches where nobody says what should; package.json's `imports` choose by the platform. */
export { fetchTransport as defaultTransport } from '../fetch/index.js';
