import { of, Subject, take, takeUntil, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const d = 'http://d/';

describe('fetchFrom', () => {
  it(
    'pulls an input only when a slot is free',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abcd');
      const net = transport({ [a]: '----(p|)', [b]: '------(p|)', [c]: '---(4|)', [d]: '-----(p|)' });
      const pulls = '   (ab)c-dE';
      const fetchA = '  ^---!';
      const fetchB = '  ^-----!';
      const fetchC = '  ----^--!';
      const fetchD = '  ------^----!';
      const expected = '----a-bC---(d|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2 })).toBe(expected);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
      expectSubscriptions(net.attempt(d).subscriptions).toBe(fetchD);
    }),
  );

  it(
    'starts inputs in their order, and emits records in the order in which they settle',
    marbles(({ flush, transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)', [b]: '-(p|)', [c]: '-(p|)', [d]: '----(p|)' });
      expectResults(fetchFrom([a, b, c, d], { transport: net, concurrency: 2 })).toBe('-bca--(d|)', {
        a: { index: 0, url: a, attempts: 1, waited: 0, duration: 3 },
        b: { index: 1, url: b, attempts: 1, waited: 0, duration: 1 },
        c: { index: 2, url: c, attempts: 1, waited: 0, duration: 1 },
        d: { index: 3, url: d, attempts: 1, waited: 0, duration: 4 },
      });
      flush();
      expect(net.log.map(({ frame, url }) => `${frame} ${url}`)).toEqual([
        `0 ${a}`,
        `0 ${b}`,
        `1 ${c}`,
        `2 ${d}`,
      ]);
    }),
  );

  it(
    'completes at once when there is nothing to fetch',
    marbles(({ expectObservable, expectResults }) => {
      const inputs = watched('');
      expectObservable(inputs.pulls$).toBe('   E');
      expectResults(fetchFrom(inputs)).toBe('          |');
    }),
  );

  it(
    'never completes while a page never comes',
    marbles(({ transport, expectResults }) => {
      const options = { transport: transport({ [a]: '-' }), timeout: Infinity };
      expectResults(fetchFrom([a], options)).toBe('-');
    }),
  );

  it(
    'aborts what is in flight and tells the iterator to return when it is unsubscribed',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('abc');
      const net = transport({ [a]: '-----(p|)', [b]: '---------(p|)', [c]: '-----(p|)' });
      const pulls = '   (ab)-c-R';
      const fetchA = '  ^----!';
      const fetchB = '  ^------!';
      const fetchC = '  -----^-!';
      const unsub = '   -------!';
      const expected = '-----a--';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2 }), unsub).toBe(expected);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'does not tell an iterator to return that is done',
    marbles(({ transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('a');
      const net = transport({ [a]: '---------(p|)' });
      const fetchA = '  ^------!';
      const unsub = '   -------!';

      expectObservable(inputs.pulls$).toBe('(aE)');
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 2 }), unsub).toBe('--------');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
    }),
  );

  it(
    'does nothing before it is subscribed, and begins anew with each subscription',
    marbles(({ flush, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const inputs = watched('a');
      const net = transport({ [a]: '--(p|)' });
      const results$ = fetchFrom(inputs, { transport: net, concurrency: 1 });

      flush();
      expect(net.log).toEqual([]);
      expectObservable(inputs.pulls$).toBe('  a-Ea-E');
      expectResults(results$, '             ^-----').toBe('--(a|)');
      expectResults(results$, '             ---^--').toBe('-----(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^-!', '---^-!']);
    }),
  );

  it(
    'errors when the iterator throws, after what is in flight has settled',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '--(p|)', [b]: '----(p|)' });
      function* broken(): Generator<string> {
        yield a;
        yield b;
        throw new Error('line 3 is not a URL');
      }
      const fetchA = '  ^-!';
      const fetchB = '  ^---!';
      const expected = '--a-(b#)';

      const results$ = fetchFrom(broken(), { transport: net, concurrency: 2 });
      expectResults(results$).toBe(expected, {}, new Error('line 3 is not a URL'));
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'errors at once when there is no iterator to be had',
    marbles(({ expectResults }) => {
      const broken = {
        [Symbol.iterator]: (): Iterator<string> => {
          throw new Error('no such file');
        },
      };
      expectResults(fetchFrom(broken)).toBe('#', {}, new Error('no such file'));
    }),
  );

  it(
    'does not mind an iterator that throws when it is told to return',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '--(p|)', [b]: '--(p|)' });
      const inputs: Iterable<string> = {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: a }),
          return: () => {
            throw new Error('already gone');
          },
        }),
      };
      expectResults(fetchFrom(inputs, { transport: net, concurrency: 1 }), '^--!').toBe('--a');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['              ^-!', '--^!']);
    }),
  );

  it('ends a generator with its finally block when nobody wants more', () => {
    const log: string[] = [];
    function* endless(): Generator<string> {
      try {
        for (;;) {
          log.push('pulled');
          yield a;
        }
      } finally {
        log.push('closed');
      }
    }
    fetchFrom(endless(), { transport: () => of(page(a)), concurrency: 3 })
      .pipe(take(2))
      .subscribe({ complete: () => log.push('completed') });
    expect(log).toEqual(['pulled', 'pulled', 'completed', 'closed']);
  });

  it('stops in the middle of a pull when the generator itself makes somebody unsubscribe', () => {
    const log: string[] = [];
    const left = new Subject<void>();
    function* leaving(): Generator<string> {
      try {
        yield a;
        left.next();
        yield b;
        log.push('asked again');
      } finally {
        log.push('closed');
      }
    }
    const transport = ({ url }: FetchRequest): Observable<Page> => {
      log.push(String(url));
      return of(page(String(url)));
    };
    fetchFrom(leaving(), { transport }).pipe(takeUntil(left)).subscribe();
    expect(log).toEqual([a, 'closed']);
  });

  it('takes synchronous answers without end, and no stack', () => {
    const count = 100_000;
    function* urls(): Generator<string> {
      for (let n = 0; n < count; n++) yield a;
    }
    const answer = page(a);
    let inOrder = 0;
    fetchFrom(urls(), { transport: () => of(answer), concurrency: 1 }).subscribe(({ index }) => {
      if (index === inOrder) inOrder++;
    });
    expect(inOrder).toBe(count);
  });

  it('takes any iterable: a Set, a Map’s keys, an iterator', () => {
    const urls = new Map([
      [a, 1],
      [b, 2],
    ]);
    const options = { transport: () => of(page(a)) };
    const indexes: number[][] = [];
    for (const inputs of [new Set(urls.keys()), urls.keys(), [a, b].values()]) {
      fetchFrom(inputs, options)
        .pipe(toBatch())
        .subscribe((batch) => indexes.push(batch.map(({ index }) => index)));
    }
    expect(indexes).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });
});
