/**
 * Who asks: interceptors that set a header of the request.
 *
 * @module sluice/headers
 */
export { basicAuth, bearer } from './authorization.js';
export { userAgent } from './user-agent.js';
export type { AuthorizationOptions } from './authorization.js';
