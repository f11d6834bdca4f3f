export { marbles } from './marbles.js';
export { page } from './pages.js';
export type { PageInit } from './pages.js';
export type { AssertDeepEqual, ExpectedResult, MarbleHelpers, ResultsToBe } from './marbles.js';
export type { Asked, MarbleTransport, MarbleValues, Route } from './marble-transport.js';
