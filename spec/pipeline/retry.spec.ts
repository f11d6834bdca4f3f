import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { RetryOptions } from '../../lib/pipeline/retry.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

describe('a failed attempt', () => {
  it(
    'is tried again after its back-off, in a slot of its own',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['--#', '---(p|)'] });
      const first = '   ^-!';
      const second = '  ------^--!';
      const expected = '---------(a|)';

      expectResults(fetchFrom([a], { transport: net, retry: { backoff: () => 4 } })).toBe(expected, {
        a: { ok: true, attempts: 2, waited: 4, duration: 9 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'holds no slot while it waits',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: '-(p|)' });
      const fetchA1 = ' ^!';
      const fetchB = '  -^!';
      const fetchA2 = ' ------^!';
      const expected = '--b----(a|)';

      const options = { transport: net, concurrency: 1, retry: { limit: 1, backoff: () => 5 } };
      expectResults(fetchFrom([a, b], options)).toBe(expected);
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(fetchA1);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(fetchA2);
    }),
  );

  it(
    'waits for a slot when its back-off is over and all are taken, and goes before what is pulled next',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: '------(p|)', [c]: '-(p|)' });
      const fetchA2 = ' -------^!';
      const fetchC = '  --------^!';
      const expected = '-------ba(c|)';

      const options = { transport: net, concurrency: 1, retry: { limit: 1, backoff: () => 2 } };
      expectResults(fetchFrom([a, b, c], options)).toBe(expected, {
        a: { index: 0, attempts: 2, waited: 6, duration: 8 },
        b: { index: 1 },
        c: { index: 2 },
      });
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(fetchA2);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'is tried again twice by default, then settles with the error of the last attempt',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(5|)', '-#'] });
      const expected = '---(A|)';

      expectResults(fetchFrom([a], { transport: net, random: () => 0 })).toBe(expected, {
        A: { kind: 'network', attempts: 3, waited: 0, duration: 3 },
      });
      expectSubscriptions(net.attempt(a, 3).subscriptions).toBe('--^!');
    }),
  );

  it.each<[what: string, retry: number | false | RetryOptions, attempts: number]>([
    ['0', 0, 1],
    ['1', 1, 2],
    ['4', 4, 5],
    ['false', false, 1],
    ['a limit of 1', { limit: 1 }, 2],
    ['options without a limit', {}, 3],
  ])('is tried again as often as `retry` says: %s', (_, retry, attempts) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '#' });
      expectResults(fetchFrom([a], { transport: net, retry, random: () => 0 })).toBe('(A|)', {
        A: { attempts },
      });
    })();
  });

  it(
    'waits by default for a random part of 500 ms, then of 1 s, then of 2 s',
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
    'tells `backoff` which retry it is, the source of chance and the error',
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

  it.each([
    ['GET', 3],
    ['get', 3],
    ['HEAD', 3],
    ['PUT', 3],
    ['DELETE', 3],
    ['OPTIONS', 3],
    ['TRACE', 3],
    ['POST', 1],
    ['post', 1],
    ['PATCH', 1],
    ['LOCK', 1],
  ])(
    'is tried again only where asking twice does what asking once does: %s makes %i attempts',
    (method, attempts) => {
      marbles(({ transport, expectResults }) => {
        const net = transport({ [a]: '#' });
        expectResults(fetchFrom([{ url: a, method }], { transport: net, random: () => 0 })).toBe('(A|)', {
          A: { attempts },
        });
      })();
    },
  );

  it.each([
    [new FetchError('network', 'reset', { retryable: true }), 3],
    [new FetchError('dns', 'no such host', { retryable: false }), 1],
    [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 3],
    [Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), 1],
    [Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }), 3],
    [Object.assign(new Error('too many files'), { code: 'EMFILE' }), 3],
    [Object.assign(new Error('bad certificate'), { code: 'CERT_HAS_EXPIRED' }), 1],
    [new Error('whatever'), 1],
    ['a string', 1],
  ])('is tried again only where that may help: %s makes %i attempts', (error, attempts) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '#' }, {}, error);
      expectResults(fetchFrom([a], { transport: net, random: () => 0 })).toBe('(A|)', { A: { attempts } });
    })();
  });

  it(
    'is not tried again when `project` threw',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      const project = (): never => {
        throw new FetchError('network', 'a fetch of its own failed', { retryable: true });
      };
      expectResults(fetchFrom([a], { transport: net, project })).toBe('-(A|)', {
        A: { kind: 'project', attempts: 1 },
      });
    }),
  );

  it.each([NaN, -1, Infinity, '5', undefined])('fails when `backoff` returns %j, in a sentence', (delay) => {
    marbles(({ transport, expectObservable }) => {
      const options = { transport: transport({ [a]: '-#' }), retry: { backoff: () => delay as number } };
      expectObservable(fetchFrom([a], options).pipe(map(messageOf))).toBe('-(m|)', {
        m:
          'GET http://a/: `retry.backoff` threw TypeError: ' +
          `Expected \`retry.backoff\` to return a number of ms from 0 up, got \`${String(delay)}\``,
      });
    })();
  });

  it(
    'fails with kind `project` when `backoff` throws',
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
    'may wait longer than a timer can',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['#', '-(p|)'] });
      const backoff = (): number => 2 ** 32;
      expectResults(fetchFrom([a], { transport: net, retry: { backoff } })).toBe(`${2 ** 32}ms -(a|)`, {
        a: { attempts: 2, waited: 2 ** 32 },
      });
    }),
  );

  it(
    'is forgotten, timer and all, when somebody unsubscribes while it waits',
    marbles(({ scheduler, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(p|)'] });
      expectResults(fetchFrom([a], { transport: net, retry: { backoff: () => 5 } }), '---!').toBe('----');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe([]);
      scheduler.schedule(() => {
        expect(scheduler.actions).toEqual([]);
      }, 4);
    }),
  );

  it(
    'does not keep what never fails from being pulled while many wait',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: ['-#', '-(p|)'], [c]: '-(p|)' });
      const retry = { limit: 1, backoff: (_: number, chance: () => number) => 10 * chance() };
      const chances = [1, 0.5];
      const random = (): number => chances.shift() ?? 0;

      expectResults(fetchFrom([a, b, c], { transport: net, concurrency: 1, retry, random })).toBe(
        '---c----b---(a|)',
        {
          a: { index: 0, waited: 10 },
          b: { index: 1, waited: 5 },
          c: { index: 2, waited: 0 },
        },
      );
    }),
  );
});
