import { nodeDeepEqual, type AssertDeepEqual } from './assert-deep-equal.js';
import type { MarbleHelpers } from './marble-helpers.js';
import { MarbleTest } from './marble-test.js';

/**
 * A test in virtual time, for any test runner: `it('…', marbles(({ transport, expectResults }) => { … }))`.
 *
 * @throws TypeError, when the test runs, for a body that is async: virtual time waits for no promise
 * @example
 * it('a waiting retry holds no slot', marbles(({ transport, expectResults }) => {
 *   const net = transport({ 'http://a/': ['-#', '-(p|)'], 'http://b/': '-(p|)' });
 *   const options = { transport: net, concurrency: 1, retry: { limit: 1, backoff: () => 5 } };
 *   expectResults(fetchFrom(['http://a/', 'http://b/'], options)).toBe('--b----(a|)');
 * }));
 */
export function marbles(body: (helpers: MarbleHelpers) => void): () => void;
/**
 * The same, with how your runner compares.
 *
 * @param assertDeepEqual your runner's, for its matchers and its own reports; Node's by default
 */
export function marbles(assertDeepEqual: AssertDeepEqual, body: (helpers: MarbleHelpers) => void): () => void;
export function marbles(
  first: AssertDeepEqual | ((helpers: MarbleHelpers) => void),
  second?: (helpers: MarbleHelpers) => void,
): () => void {
  const assertDeepEqual = second ? (first as AssertDeepEqual) : nodeDeepEqual;
  const body: (helpers: MarbleHelpers) => unknown = second ?? (first as (helpers: MarbleHelpers) => void);
  return () => {
    new MarbleTest(assertDeepEqual).run(body);
  };
}
