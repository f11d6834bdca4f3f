import { of, Subject, take, takeUntil, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';

describe('the iterator of fetchFrom', () => {
  it(
    'makes the results error when it throws, after what is in flight has settled',
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
    'makes the results error at once when there is none to be had',
    marbles(({ expectResults }) => {
      const broken = {
        [Symbol.iterator]: (): Iterator<string> => {
          throw new Error('no such file');
        },
      };
      expectResults(fetchFrom(broken)).toBe('#', {}, new Error('no such file'));
    }),
  );

  it.each([undefined, null, 5, 'http://a/'])(
    'makes the results error when it gives %j for an iterator result',
    (step) => {
      marbles(({ transport, expectResults }) => {
        const broken = {
          [Symbol.iterator]: () => ({ next: () => step as unknown as IteratorResult<string> }),
        };
        const error = new TypeError(`The iterator returned a ${typeof step}, not an object`);
        expectResults(fetchFrom(broken, { transport: transport({}) })).toBe('#', {}, error);
      })();
    },
  );

  it(
    'may throw when it is told to return',
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

  it('runs the finally block of a generator when nobody wants more', () => {
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

  it('may make somebody unsubscribe in the middle of a pull', () => {
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
});
