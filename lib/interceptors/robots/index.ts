/**
 * robots.txt, read and obeyed as RFC 9309 says, by robots-parser.
 *
 * @module sluice/robots
 */
export { robots } from './robots.js';
export type { RobotsOptions } from './options.js';
