/** What fetches where nobody says what should; package.json's `imports` choose by the platform. */
export { undiciTransport as defaultTransport } from '../undici/index.js';
