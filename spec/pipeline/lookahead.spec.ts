import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const d = 'http://d/';

describe('lookahead', () => {
  it.each([0, 1])('of %i stops the pull while one input waits for its retry', (lookahead) => {
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abc');
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: '-(p|)', [c]: '-(p|)' });
      const pulls = '   a-----bcE';
      const fetchA = '  -----^!';
      const fetchB = '  ------^!';
      const expected = '------ab(c|)';

      const retry = { limit: 1, backoff: () => 4 };
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1, lookahead, retry })).toBe(expected);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    })();
  });

  it(
    'is the most inputs that wait; the pull goes on when one of them has started again',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abcd');
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: ['-#', '-(p|)'], [c]: '-(p|)', [d]: '-(p|)' });
      const pulls = '   ab-----cd-E';
      const fetchA = '  ------^!';
      const fetchC = '  -------^!';
      const fetchD = '  --------^!';
      const fetchB = '  ---------^!';
      const expected = '-------acd(b|)';

      const backOffs = [5, 7];
      const retry = { limit: 1, backoff: () => backOffs.shift() ?? 0 };
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1, lookahead: 2, retry })).toBe(
        expected,
      );
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
      expectSubscriptions(net.attempt(d).subscriptions).toBe(fetchD);
      expectSubscriptions(net.attempt(b, 2).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'of 1,000, the default, pulls on while a few wait',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abcd');
      const net = transport({
        [a]: ['-#', '-(p|)'],
        [b]: ['-#', '-(p|)'],
        [c]: ['-#', '-(p|)'],
        [d]: '-(p|)',
      });
      const pulls = '   abcdE';
      const expected = '----d-------ab(c|)';

      const retry = { limit: 1, backoff: () => 10 };
      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1, retry })).toBe(expected);
    }),
  );

  it(
    'is a bound, never a prefetch: nothing is pulled that could not start',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abcd');
      const net = transport({ [a]: '-----(p|)', [b]: '-----(p|)', [c]: '-----(p|)', [d]: '-----(p|)' });
      const pulls = '   (ab)-(cd)-E';
      const expected = '-----(ab)-(cd|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2, lookahead: 100 })).toBe(expected);
    }),
  );
});
