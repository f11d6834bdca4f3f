import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { marbles, notingDelays } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';

describe('the back-off', () => {
  it(
    'is by default a random part of 500 ms, then of 1 s, then of 2 s',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '#' });
      const chances = [0.5, 0.25, 1];
      const random = (): number => chances.shift() ?? 0;

      expectResults(fetchFrom([a], { transport: net, retry: 3, random })).toBe('2500ms (A|)', {
        A: { attempts: 4, waited: 2500, duration: 2500 },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe([
        '       (^!)',
        '250ms  (^!)',
        '500ms  (^!)',
        '2500ms (^!)',
      ]);
    }),
  );

  it(
    'is asked for with the number of the retry, the source of chance and the error',
    marbles(({ flush, transport, expectResults }) => {
      const broken = new FetchError('network', 'drawn to break', { retryable: true });
      const net = transport({ [a]: '#' }, {}, broken);
      const random = (): number => 0.5;
      const given: unknown[] = [];
      const backoff = (...args: unknown[]): number => given.push(args);

      expectResults(fetchFrom([a], { transport: net, retry: { backoff }, random })).toBe('---(A|)');
      flush();
      expect(given).toEqual([
        [1, random, broken],
        [2, random, broken],
      ]);
    }),
  );

  it.each([NaN, -1, Infinity, '5', undefined])(
    'makes the record a failure that says so when it is %j',
    (delay) => {
      marbles(({ transport, expectObservable }) => {
        const options = { transport: transport({ [a]: '-#' }), retry: { backoff: () => delay as number } };
        expectObservable(fetchFrom([a], options).pipe(map(messageOf))).toBe('-(m|)', {
          m:
            'GET http://a/: `retry.backoff` threw TypeError: ' +
            `Expected \`retry.backoff\` to return a number of ms from 0 up, got \`${String(delay)}\``,
        });
      })();
    },
  );

  it(
    'makes the record a failure of kind `project` when asking for it throws',
    marbles(({ transport, expectResults }) => {
      const backoff = (): never => {
        throw new Error('no idea');
      };
      expectResults(fetchFrom([a], { transport: transport({ [a]: '-#' }), retry: { backoff } })).toBe(
        '-(A|)',
        {
          A: { kind: 'project', attempts: 1 },
        },
      );
    }),
  );

  it(
    'may be longer than a timer can be',
    marbles(({ flush, scheduler, transport, expectResults }) => {
      const noting = notingDelays({ scheduler });
      const net = transport({ [a]: ['#', '-(p|)'] });
      const delay = 2 ** 32;
      const options = { transport: net, scheduler: noting.scheduler, retry: { backoff: () => delay } };
      expectResults(fetchFrom([a], options)).toBe(`${delay}ms -(a|)`, { a: { attempts: 2, waited: delay } });
      flush();
      expect(Math.max(...noting.delays)).toBe(2 ** 31 - 1);
    }),
  );
});
