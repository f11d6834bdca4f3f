import { filter, map } from 'rxjs';
import { describe, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { inOrder } from '../../lib/operators/in-order.js';
import { mapSuccess } from '../../lib/operators/map-success.js';
import { successes } from '../../lib/operators/successes.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const routes = {
  'http://a/': '---------(p|)',
  'http://b/': '----(p|)',
  'http://c/': '-(p|)',
  'http://d/': '------(p|)',
  'http://e/': '------(p|)',
};

describe('the window of inOrder', () => {
  it(
    'counts what is held against the pull: no more than `window` are pulled and not passed on',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abcde');
      const net = transport(routes);
      const pulls = '   (ab)c----(de)--E';
      const a = '       ^--------!';
      const b = '       ^---!';
      const c = '       ----^!';
      const d = '       ---------^-----!';
      const expected = '---------(abc)-(de|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(inOrder({ window: 3 }))).toBe(
        expected,
      );
      expectSubscriptions(net.attempt('http://a/').subscriptions).toBe(a);
      expectSubscriptions(net.attempt('http://b/').subscriptions).toBe(b);
      expectSubscriptions(net.attempt('http://c/').subscriptions).toBe(c);
      expectSubscriptions(net.attempt('http://d/').subscriptions).toBe(d);
    }),
  );

  it(
    'makes one fetch follow the other when it is 1',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abc');
      const net = transport(routes);
      const pulls = '   a--------b---cE';
      const expected = '---------a---b(c|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(inOrder({ window: 1 }))).toBe(
        expected,
      );
    }),
  );

  it(
    'is felt through the operators that lie between it and the pipeline',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abcde');
      const net = transport(routes);
      const pulls = '   (ab)c----(de)--E';
      const expected = '---------(abc)-(de|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      const results$ = fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(
        mapSuccess((page) => page.status),
        map((result) => result),
        inOrder({ window: 3 }),
      );
      expectResults(results$).toBe(expected);
    }),
  );

  it(
    'lets the pull go on when what was held is passed on, though nothing has settled in that moment',
    marbles(({ cold, transport, expectObservable, expectResults }) => {
      const inputs = watched('abcde');
      const net = transport({
        'http://a/': '-(p|)',
        'http://b/': '-(p|)',
        'http://c/': '--------------------(p|)',
        'http://d/': '-(p|)',
        'http://e/': '-(p|)',
      });
      const slow = cold('          ---------(v|)');
      const pullOfE = '      ----------e';
      const expected = '     ----------(ab)-------(cde|)';

      expectObservable(inputs.pulls$.pipe(filter((letter) => letter === 'e'))).toBe(pullOfE);
      const results$ = fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(
        mapSuccess((page) => (page.url === 'http://a/' ? slow : page.url)),
        inOrder({ window: 3 }),
      );
      expectResults(results$).toBe(expected);
    }),
  );

  it(
    'lets one input at a time through when records it waits for were dropped above it',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('abcd');
      const net = transport({ ...routes, 'http://a/': '-(4|)' });
      const pulls = '   ab---cd-----E';
      const expected = '------------(bcd|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      const results$ = fetchFrom(inputs, { transport: net, concurrency: 1 }).pipe(
        successes(),
        inOrder({ window: 1 }),
      );
      expectResults(results$).toBe(expected);
    }),
  );
});
