import { BehaviorSubject, map, NEVER, of, startWith } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { marbles } from '../support/marbles.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const late = { kind: 'timeout', phase: 'total' } as const;

describe('timeout.total', () => {
  it(
    'aborts what is in flight when it is over, and does not try again',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const subs = '    ^---!';
      const expected = '----(A|)';

      expectResults(fetchFrom([a], { transport: net, timeout: { total: 4 } })).toBe(expected, {
        A: { ...late, attempts: 1, duration: 4 },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(subs);
    }),
  );

  it(
    'counts all attempts and what lies between them',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['--#', '---------(p|)'] });
      const first = '   ^-!';
      const second = '  -----^--!';
      const expected = '--------(A|)';

      const options = { transport: net, timeout: { total: 8 }, retry: { backoff: () => 3 } };
      expectResults(fetchFrom([a], options)).toBe(expected, {
        A: { ...late, attempts: 2, waited: 3, duration: 8 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe(first);
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe(second);
    }),
  );

  it(
    'ends the wait for a retry that would come too late',
    marbles(({ transport, expectResults }) => {
      const broken = new FetchError('network', 'drawn to break', { retryable: true });
      const net = transport({ [a]: ['--#', '-(p|)'] }, {}, broken);
      const options = { transport: net, timeout: { total: 5 }, retry: { backoff: () => 9 } };

      expectResults(fetchFrom([a], options)).toBe('-----(A|)', {
        A: { ...late, attempts: 1, waited: 3, duration: 5 },
      });
    }),
  );

  it('keeps the error of the last attempt as its cause', () => {
    const broken = new FetchError('network', 'drawn to break', { retryable: true });
    const causes: unknown[] = [];
    marbles(({ transport, expectObservable }) => {
      const options = { timeout: { total: 5 }, retry: { backoff: () => 1 } };
      const inBackOff = transport({ [a]: ['----#', ''] }, {}, broken);
      const inFlight = transport({ [a]: ['--#', '----'] }, {}, broken);
      for (const net of [inBackOff, inFlight]) {
        const results$ = fetchFrom([a], { ...options, transport: net }).pipe(
          map((result) => {
            causes.push(result.ok ? 'ok' : result.error.cause);
            return 'x';
          }),
        );
        expectObservable(results$).toBe('-----(x|)');
      }
    })();
    expect(causes).toEqual([broken, broken]);
  });

  it(
    'counts the time in the queue of fetchEach: what never started failed in phase `queue`',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)', [b]: '-(p|)', [c]: '-(p|)' });
      const source = hot(' -(ab)----c-|', { a, b, c });
      const fetchA = '     -^----!';
      const fetchC = '     ---------^!';
      const expected = '   ------(AB)c|';

      const options = { transport: net, concurrency: 1, timeout: { total: 5 } };
      expectResults(source.pipe(fetchEach(options))).toBe(expected, {
        A: { ...late, index: 0, attempts: 1, waited: 0, duration: 5 },
        B: { kind: 'timeout', phase: 'queue', index: 1, attempts: 0, waited: 5, duration: 0 },
        c: { index: 2, ok: true },
      });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe([]);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'is over for each input on its own while the concurrency is 0, and the results complete',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-(p|)' });
      const source = hot(' -a-b|', { a, b });
      const expected = '   -----A-(B|)';
      const expired = { kind: 'timeout', phase: 'queue', waited: 4 } as const;

      const options = { transport: net, concurrency: new BehaviorSubject(0), timeout: { total: 4 } };
      expectResults(source.pipe(fetchEach(options))).toBe(expected, { A: expired, B: expired });
      expectSubscriptions(net.attempt(a).subscriptions).toBe([]);
    }),
  );

  it(
    'does not stop others from being fetched whose time is not over',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const concurrency = new BehaviorSubject(0);
      const net = transport({ [a]: '-(p|)', [b]: '-(p|)' });
      const source = hot(' a--b|', { a, b });
      const resume = hot(' -----1').pipe(map(Number));
      const fetchB = '     -----^!';
      const expected = '   ----A-(b|)';

      resume.subscribe(concurrency);
      expectResults(source.pipe(fetchEach({ transport: net, concurrency, timeout: { total: 4 } }))).toBe(
        expected,
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe([]);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'begins with the pull: what fetchFrom has not pulled is not late',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '----(p|)', [b]: '----(p|)' });
      const options = { transport: net, concurrency: 1, timeout: { total: 5 } };
      expectResults(fetchFrom([a, b], options)).toBe('----a---(b|)');
    }),
  );

  it(
    'counts the time a page of a fetcher waits for a slot',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport({ [a]: '---------(p|)', [b]: '-(p|)' });
      const fetcher = createFetcher({ transport: net, concurrency: 1 });

      expectResults(fetcher.fetchFrom([a])).toBe('---------(a|)');
      expectObservable(fetcher.fetchPage(b, { timeout: { total: 4 } })).toBe(
        '----#',
        undefined,
        new FetchError('timeout', 'GET http://b/: not done within timeout.total (4 ms): in the queue', {
          phase: 'queue',
        }),
      );
    }),
  );

  it(
    'gives way to a shorter timeout.attempt, and the other way round',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '---------(p|)' });
      const run = (attempt: number, total: number): ReturnType<typeof fetchFrom> =>
        fetchFrom([a], { transport: net, retry: false, timeout: { attempt, total } });
      expectResults(run(3, 5)).toBe('---(A|)', { A: { phase: 'attempt' } });
      expectResults(run(5, 3)).toBe('---(A|)', { A: { phase: 'total' } });
      expectResults(run(3, 3)).toBe('---(A|)', { A: { phase: 'attempt' } });
    }),
  );

  it(
    'covers `project`',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--(p|)' });
      const options = { transport: net, timeout: { total: 5 }, project: () => NEVER };
      expectResults(fetchFrom([a], options)).toBe('-----(A|)', { A: { ...late, duration: 5 } });
    }),
  );

  it(
    'says in its message where the time was over',
    marbles(({ hot, transport, expectObservable }) => {
      const net = transport({ [a]: '-', [b]: '-' });
      const source = hot(' (ab|)', { a, b });
      const expected = '   -----(ab|)';

      const options = { transport: net, concurrency: 1, timeout: { total: 5 } };
      expectObservable(source.pipe(fetchEach(options), map(messageOf))).toBe(expected, {
        a: 'GET http://a/: timeout.total (5 ms) was over while waiting for the transport',
        b: 'GET http://b/: not done within timeout.total (5 ms): in the queue',
      });
    }),
  );

  it(
    'says how many attempts there were when it was over in between',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ [a]: ['-#', '-#', '-'] });
      const options = {
        transport: net,
        timeout: { total: 5 },
        retry: { backoff: (retry: number) => retry * 2 },
      };
      expectObservable(fetchFrom([a], options).pipe(map(messageOf))).toBe('-----(m|)', {
        m: 'GET http://a/: not done within timeout.total (5 ms): after 2 attempts, waiting for the next',
      });
    }),
  );

  it(
    'may be longer than a timer can be',
    marbles(({ scheduler, expectResults }) => {
      const total = 2 ** 31 + 5;
      const options = {
        transport: () => NEVER,
        concurrency: new BehaviorSubject(0),
        timeout: { total },
      };
      scheduler.maxFrames = Infinity;
      expectResults(NEVER.pipe(startWith(a), fetchEach(options))).toBe(`${total}ms A`, {
        A: { kind: 'timeout', phase: 'queue', waited: total },
      });
    }),
  );

  it(
    'leaves no timer behind when all is done, nor when somebody unsubscribes',
    marbles(({ scheduler, transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-' });
      const options = { transport: net, concurrency: 1, timeout: { total: 1_000, attempt: Infinity } };
      expectResults(of(a, a).pipe(fetchEach(options))).toBe('-a(b|)');
      expectResults(of(b, a, a).pipe(fetchEach(options)), '--!').toBe('---');
      scheduler.schedule(() => {
        expect(scheduler.actions).toEqual([]);
      }, 3);
    }),
  );
});
