// Starting points
export { fetchFrom } from './creators/fetch-from.js';
export { fetchPage } from './creators/fetch-page.js';

// Operators
export { fetchEach } from './operators/fetch-each.js';
