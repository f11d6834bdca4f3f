/**
 * Cookies, kept and sent as RFC 6265 says, by tough-cookie.
 *
 * @module sluice/cookies
 */
export { cookies } from './cookies.js';
export type { CookiesOptions } from './cookies.js';
