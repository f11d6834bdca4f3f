import { BehaviorSubject, EMPTY, map, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { adaptive } from '../../lib/creators/adaptive.js';
import { iterate } from '../../lib/creators/async-iterable.js';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { settled } from '../support/switchboard.js';

const a = 'http://a/';
const b = 'http://b/';

/** A transport that takes 50 frames, and writes down when it begins and ends. */
function logged(log: string[]): (request: FetchRequest) => Observable<Page> {
  return ({ url }) =>
    new Observable((subscriber) => {
      log.push('open');
      subscriber.add(() => log.push('close'));
      return timer(50)
        .pipe(map(() => page(String(url))))
        .subscribe(subscriber);
    });
}

describe('duplicates that wait for a fetch', () => {
  it(
    'are cancelled at once with who fetches, though nothing may start any more',
    marbles(({ abortSignal, scheduler, expectResults }) => {
      const concurrency = new BehaviorSubject(2);
      scheduler.schedule(() => {
        concurrency.next(0);
      }, 5);
      const options = {
        transport: () => NEVER,
        interceptors: [coalesce()],
        concurrency,
        signal: abortSignal('------------!'),
      };
      const cancelled = { kind: 'cancelled' } as const;
      expectResults(fetchFrom([a, a], options)).toBe('12ms (AB|)', { A: cancelled, B: cancelled });
    }),
  );

  it(
    'leave nothing at the gate of a fetcher when their pipeline is unsubscribed',
    marbles(({ scheduler, flush }) => {
      const starts: string[] = [];
      const transport = ({ url }: FetchRequest): Observable<Page> => {
        starts.push(`${scheduler.now()} ${String(url)}`);
        return NEVER;
      };
      const fetcher = createFetcher({ transport, perHost: { delay: 10 }, interceptors: [coalesce()] });
      const left = fetcher.fetchFrom([a, a]).subscribe();
      scheduler.schedule(() => {
        left.unsubscribe();
      }, 12);
      scheduler.schedule(() => fetcher.fetchFrom([`${a}other`]).subscribe(), 13);
      scheduler.schedule(() => {
        fetcher.close();
      }, 100);
      flush();
      expect(starts).toEqual(['0 http://a/', '20 http://a/other']);
    }),
  );

  it.each([
    ['of one pipeline', [{ url: a, timeout: 5 }, a, a]],
    ['of which the first is alone', [{ url: a, timeout: 5 }, a]],
  ])('fetch anew when the cut fetch has been aborted, not before: those %s', (_, inputs) => {
    marbles(({ flush }) => {
      const log: string[] = [];
      fetchFrom(inputs, {
        transport: logged(log),
        interceptors: [coalesce()],
        concurrency: 2,
        retry: false,
      }).subscribe();
      flush();
      expect(log).toEqual(['open', 'close', 'open', 'close']);
    })();
  });

  it(
    'keep their place in the line of their host when they begin anew',
    marbles(({ abortSignal, transport, expectResults }) => {
      const shared = coalesce();
      const net = transport({ [`${a}x`]: '---------(p|)', [`${a}1`]: '---(p|)', [`${a}2`]: '---(p|)' });
      const options = { transport: net, interceptors: [shared] };
      fetchFrom([`${a}x`], { ...options, signal: abortSignal('-!') }).subscribe();
      const inputs = [`${a}x`, `${a}1`, `${a}2`];
      expectResults(fetchFrom(inputs, { ...options, perHost: { concurrency: 1 } })).toBe(
        '---b--------a--(c|)',
      );
    }),
  );

  it(
    'get the page of a hedge',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['---------', '--(p|)', '--(p|)'] });
      const interceptors = [hedge({ after: 4 }), coalesce()];
      expectResults(fetchFrom([a, a], { transport: net, interceptors })).toBe('------(ba|)');
    }),
  );
});

describe('an attempt that was cut off', () => {
  const refused = (): Observable<never> =>
    throwError(() => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

  it(
    'closes no circuit',
    marbles(({ abortSignal, scheduler, flush }) => {
      const transport = ({ url }: FetchRequest): Observable<Page> =>
        String(url).endsWith('slow') ? NEVER : refused();
      const circuit = { threshold: 2, window: 100, cooldown: 10 };
      const fetcher = createFetcher({ transport, circuit, retry: false });
      const slow = `${a}slow`;
      fetcher.fetchFrom([a, a]).subscribe();
      const signal = abortSignal('---------------!');
      scheduler.schedule(() => fetcher.fetchFrom([slow], { signal }).subscribe(), 12);
      const kinds: string[] = [];
      scheduler.schedule(() => {
        fetcher
          .fetchFrom([slow, slow, slow])
          .subscribe((result) => kinds.push(result.ok ? 'ok' : result.error.kind));
      }, 16);
      scheduler.schedule(() => {
        fetcher.close();
      }, 50);
      flush();
      expect(kinds).toEqual(['circuit-open', 'circuit-open', 'cancelled']);
    }),
  );

  it(
    'teaches an adaptive limit nothing',
    marbles(({ abortSignal, scheduler, flush }) => {
      const starts: number[] = [];
      const transport = (): Observable<Page> => {
        starts.push(scheduler.now());
        return NEVER;
      };
      const fetcher = createFetcher({ transport, concurrency: adaptive({ min: 2, max: 100 }) });
      fetcher.fetchFrom([a, a], { signal: abortSignal('-----!') }).subscribe();
      scheduler.schedule(() => fetcher.fetchFrom(Array.from({ length: 50 }, () => a)).subscribe(), 6);
      scheduler.schedule(() => {
        fetcher.close();
      }, 50);
      flush();
      expect(starts).toEqual([0, 0, 6, 6]);
    }),
  );
});

describe('what is given up from a full queue', () => {
  it(
    'makes room for another host at once',
    marbles(({ hot, transport, expectSubscriptions, expectResults }) => {
      const net = transport({ [a]: '---------(p|)', [b]: '-(p|)' });
      const options = { transport: net, perHost: { concurrency: 1 }, lookahead: 1 };
      const results$ = hot('aab-|', { a, b }).pipe(
        fetchEach({ ...options, maxQueued: 1, overflow: 'drop-oldest' }),
      );
      expectResults(results$).toBe('--Bc-----(a|)', { B: { kind: 'overflow' } });
      expectSubscriptions(net.attempt(b).subscriptions).toBe('--^!');
    }),
  );
});

describe('a source that takes its time', () => {
  it('does not bring two starts closer together than `delay`', () => {
    marbles(({ scheduler, flush }) => {
      let lost = 0; // what the generator took, which virtual time does not know of
      const clock = {
        now: () => scheduler.now() + lost,
        schedule: scheduler.schedule.bind(scheduler),
      };
      const starts: number[] = [];
      const transport = (): Observable<Page> => {
        starts.push(clock.now());
        return of(page(a));
      };
      function* inputs(): Generator<string> {
        lost += 500;
        yield a;
        yield a;
      }
      fetchFrom(inputs(), { transport, perHost: { delay: 1_000 }, scheduler: clock }).subscribe();
      flush();
      expect(starts).toEqual([500, 1_500]);
    })();
  });
});

describe('a loop that has stopped asking', () => {
  it('has no more than `concurrency` pages waiting for it, however many inputs wait for their host', async () => {
    let fetched = 0;
    const transport = (): Observable<Page> => {
      fetched++;
      return of(page(a));
    };
    const inputs = Array.from({ length: 500 }, () => a);
    const loop = iterate(inputs, { transport, concurrency: 4, perHost: { concurrency: 1 } });
    const records = loop[Symbol.asyncIterator]();
    await records.next();
    await settled();
    expect(fetched).toBeLessThanOrEqual(5);
    for (let n = 1; n < 500; n++) await records.next();
    expect(await records.next()).toEqual({ done: true, value: undefined });
    expect(fetched).toBe(500);
  });
});

describe('hedge', () => {
  it(
    'passes on that there was no page',
    marbles(({ expectResults }) => {
      const options = { transport: () => EMPTY, retry: false, interceptors: [hedge({ after: 10 })] } as const;
      expectResults(fetchFrom([a], options)).toBe('(A|)', { A: { kind: 'unknown' } });
    }),
  );

  it.each([2 ** 31, 3e9, Infinity])('never asks a second time after %i ms', (after) => {
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['---(p|)', '-(p|)'] });
      expectResults(fetchFrom([a], { transport: net, interceptors: [hedge({ after })] })).toBe('---(a|)');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe([]);
    })();
  });
});

describe('a limit that is none', () => {
  it(
    'a concurrency between 0 and 1 leaves the one before',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)' });
      expectResults(fetchFrom([a, a], { transport: net, concurrency: of(1, 0.5) })).toBe('-a(b|)');
    }),
  );

  it(
    'a rate of Infinity delays nothing',
    marbles(({ transport, expectResults }) => {
      const rate = { limit: Infinity, per: 1_000 };
      const net = transport({ [a]: '-(p|)' });
      expectResults(fetchFrom([a, a], { transport: net, rate, perHost: { rate } })).toBe('-(ab|)');
    }),
  );
});
