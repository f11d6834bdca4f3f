/**
 * Whole pipelines as marble diagrams, in virtual time, for any test runner.
 *
 * @module sluice/testing
 */
export { marbles } from './marbles.js';
export { page } from './pages.js';
export { failure, success } from './records.js';
export { seeded } from './seeded.js';
export type { AssertDeepEqual } from './assert-deep-equal.js';
export type { ExpectedLanes } from './expected-events.js';
export type { ExpectedResult, ExpectedResults } from './expected-results.js';
export type { Asked, MarbleTransport, MarbleValues, Route } from './marble-transport.js';
export type { EventsToBe, MarbleHelpers, ResultsToBe } from './marble-helpers.js';
export type { PageInit } from './pages.js';
export type { FailureInit, RecordInit } from './records.js';
