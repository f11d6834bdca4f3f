import { map, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';
const late = { kind: 'timeout', phase: 'attempt' } as const;

describe('timeout.attempt', () => {
  it(
    'aborts an attempt that takes longer, and frees its slot',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)', [b]: '-(p|)' });
      const options = { transport: net, concurrency: 1, retry: false, timeout: { attempt: 3 } } as const;
      const fetchA = '  ^--!';
      const fetchB = '  ---^!';
      const expected = '---A(b|)';

      expectResults(fetchFrom([a, b], options)).toBe(expected, {
        A: { ...late, index: 0, attempts: 1, waited: 0, duration: 3 },
        b: { index: 1, waited: 0, duration: 1 },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'is what a number means',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-----(p|)' });
      expectResults(fetchFrom([a], { transport: net, retry: false, timeout: 3 })).toBe('---(A|)', {
        A: late,
      });
    }),
  );

  it(
    'is 30 seconds by default',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '29999ms (p|)', [b]: '30001ms (p|)' });
      expectResults(fetchFrom([a, b], { transport: net, retry: false })).toBe('29999ms a (B|)', { B: late });
    }),
  );

  it(
    'lets a page pass that comes in its last ms',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)' });
      expectResults(fetchFrom([a], { transport: net, retry: false, timeout: 3 })).toBe('---(a|)');
    }),
  );

  it(
    'is each attempt’s own: one that was too slow is tried again',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['---------(p|)', '--(p|)'] });
      const first = '   ^--!';
      const second = '  -----^-!';
      const expected = '-------(a|)';

      const retry = { limit: 1, backoff: () => 2 };
      expectResults(fetchFrom([a], { transport: net, retry, timeout: 3 })).toBe(expected, {
        a: { ok: true, attempts: 2, waited: 2, duration: 7 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'gives way to the `timeout` of a request, shorter, longer or none',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-------(p|)' });
      const options = { transport: net, retry: false, timeout: 4 } as const;

      expectResults(fetchFrom([{ url: a, timeout: 2 }], options)).toBe('       --(A|)', { A: late });
      expectResults(fetchFrom([{ url: a, timeout: 6 }], options)).toBe('       ------(A|)', { A: late });
      expectResults(fetchFrom([{ url: a, timeout: 9 }], options)).toBe('       -------(a|)');
      expectResults(fetchFrom([{ url: a, timeout: Infinity }], options)).toBe('-------(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^-!', '^-----!', '^------!', '^------!']);
    }),
  );

  it(
    'says in its message what was asked, which limit of how many ms was over, and where',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: '-', [b]: '-' });
      const options = { transport: net, retry: false, timeout: 3 } as const;
      const inputs = [a, { url: b, timeout: 4, method: 'head' }];
      const expected = '---A(B|)';

      expectObservable(fetchFrom(inputs, options).pipe(map(messageOf))).toBe(expected, {
        A: 'GET http://a/: timeout.attempt (3 ms) was over while waiting for the transport',
        B: 'HEAD http://b/: timeout.attempt (4 ms) was over while waiting for the transport',
      });
    }),
  );

  it(
    'covers `project`, and is not tried again there: what it did may have been done',
    marbles(({ cold, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-(p|)' });
      const value = cold('       --------(v|)');
      const fetchA = '          ^!';
      const work = '            -^---!';
      const expected = '        -----(A|)';

      const options = { transport: net, timeout: 5, retry: 3, project: () => value };
      expectResults(fetchFrom([a], options)).toBe(expected, {
        A: { kind: 'timeout', phase: 'project', attempts: 1, duration: 5 },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(value.subscriptions).toBe(work);
    }),
  );

  it(
    'is no limit when it is Infinity',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '1000000s (p|)' });
      expectResults(fetchFrom([a], { transport: net, timeout: Infinity })).toBe('1000000s (a|)');
    }),
  );

  it(
    'never reaches a timer that would take it for 1 ms',
    marbles(({ scheduler, transport, expectResults, flush }) => {
      const delays: number[] = [];
      const noting = Object.create(scheduler, {
        schedule: {
          value: (...args: Parameters<typeof scheduler.schedule>) => {
            delays.push(args[1] ?? 0);
            return scheduler.schedule(...args);
          },
        },
      }) as typeof scheduler;
      const net = transport({ [a]: '-----(p|)' });
      const options = { transport: net, scheduler: noting };

      expectResults(fetchFrom([a], { ...options, timeout: 2 ** 31 })).toBe('             -----(a|)');
      expectResults(fetchFrom([a], { ...options, timeout: { attempt: 2 ** 40, total: 2 ** 40 } })).toBe(
        '-----(a|)',
      );
      expectResults(fetchFrom([{ url: a, timeout: 2 ** 31 }], options)).toBe('           -----(a|)');
      expectResults(fetchFrom([a], { ...options, timeout: 2 ** 31 - 1 })).toBe('         -----(a|)');
      flush();
      expect(delays).toContain(2 ** 31 - 1);
      expect(Math.max(...delays)).toBe(2 ** 31 - 1);
    }),
  );

  it(
    'leaves no timer behind when the page was in time',
    marbles(({ scheduler, transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)' });
      expectResults(fetchFrom([a], { transport: net })).toBe('--(a|)');
      scheduler.schedule(() => {
        expect(scheduler.actions).toEqual([]);
      }, 3);
    }),
  );

  it(
    'leaves no timer behind when somebody unsubscribes',
    marbles(({ scheduler, expectResults }) => {
      const options = { transport: () => NEVER, timeout: { attempt: 1_000, total: 2_000 }, concurrency: 1 };
      expectResults(fetchFrom([a, b], options), '--!').toBe('---');
      scheduler.schedule(() => {
        expect(scheduler.actions).toEqual([]);
      }, 3);
    }),
  );
});
