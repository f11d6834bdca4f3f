import { asyncScheduler, defer, from, map, of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { adaptive } from '../../lib/creators/adaptive.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { mergeFrom } from '../../lib/creators/merge-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const times = (count: number, url = a): string[] => Array.from({ length: count }, () => url);
const atOnce = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));

describe('what fails elsewhere', () => {
  // https://github.com/twisted/twisted/issues/9304: DeferredSemaphore, tokens lost by recursion
  it.each([124, 125, 126, 1_000, 100_000])(
    'no slot is lost when %i synchronous inputs wait for one',
    (count) => {
      let settled = 0;
      let completed = false;
      from(times(count))
        .pipe(fetchEach({ transport: atOnce, concurrency: 1 }))
        .subscribe({ next: ({ ok }) => (settled += Number(ok)), complete: () => (completed = true) });
      expect([settled, completed]).toEqual([count, true]);
    },
  );

  it(
    'no slot is lost when synchronous inputs wait for one that is given back later',
    marbles(({ hot, flush }) => {
      const first = hot('---p', { p: page(a) });
      let asked = 0;
      let settled = 0;
      const transport = (request: FetchRequest): Observable<Page> =>
        asked++ === 0 ? first : atOnce(request);
      from(times(1_000))
        .pipe(fetchEach({ transport, concurrency: 1 }))
        .subscribe(({ ok }) => (settled += Number(ok)));
      flush();
      expect(settled).toBe(1_000);
    }),
  );

  // Twisted's Cooperator: a generator that yields a Deferred which fails ends that lane for good
  it(
    'a failure does not cost a lane: as many are under way after it as before',
    marbles(({ transport, expectSubscriptions, flush }) => {
      const [x, y] = ['http://x/', 'http://y/'];
      const net = transport({ [x]: '-#', [y]: '-----(p|)' });
      const options = { transport: net, concurrency: 2, retry: false } as const;

      fetchFrom([x, x, x, x, y, y], options).subscribe();
      flush();
      expectSubscriptions(net.attempt(y).subscriptions).toBe(['--^----!', '--^----!']);
    }),
  );

  // https://github.com/ReactiveX/rxjs/issues/4055: mergeMap's RangeError, or silence, with synchronous inners
  it('synchronous inner Observables need no stack, be they 200,000', () => {
    let sum = 0;
    let completed = false;
    function* numbers(): Generator<number> {
      for (let n = 0; n < 200_000; n++) yield 1;
    }
    mergeFrom(numbers(), (n) => of(n), { concurrency: 1 }).subscribe({
      next: (n) => (sum += n),
      complete: () => (completed = true),
    });
    expect([sum, completed]).toEqual([200_000, true]);
  });

  it('a synchronous burst behind a page that comes later needs no stack', () => {
    marbles(({ cold, flush }) => {
      let completed = false;
      let sum = 0;
      const later = cold('-(1|)', { 1: 1 });
      mergeFrom(times(20_000), (_input, index) => (index === 0 ? later : of(1)), {
        concurrency: 1,
      }).subscribe({
        next: (n) => (sum += n),
        complete: () => (completed = true),
      });
      flush();
      expect([sum, completed]).toEqual([20_000, true]);
    })();
  });

  it('retries that fail in the call that starts them need no stack', () => {
    marbles(({ flush }) => {
      let asked = 0;
      const broken = new FetchError('network', 'broke', { retryable: true });
      const transport = (): Observable<Page> =>
        defer(() => (asked++ < 50_000 ? throwError(() => broken) : of(page(a))));
      const seen: unknown[] = [];
      fetchFrom([a], {
        transport,
        retry: { limit: Infinity, budget: Infinity, backoff: () => 0 },
      }).subscribe(({ ok, attempts }) => seen.push([ok, attempts]));
      flush();
      expect(seen).toEqual([[true, 50_001]]);
    })();
  });

  // https://github.com/scrapy/scrapy/issues/6982: a slow host takes all there is room for
  it(
    'a slow host that is first in the list takes its share and no more',
    marbles(({ flush, scheduler }) => {
      const transport = ({ url }: FetchRequest): Observable<Page> =>
        timer(String(url).includes('slow') ? 1_000 : 1, asyncScheduler).pipe(map(() => page(String(url))));
      const doneAt: number[] = [];
      fetchFrom([...times(100, 'http://slow/'), ...times(100, 'http://quick/')], {
        transport,
        concurrency: 16,
        perHost: { concurrency: 8 },
      }).subscribe(({ request }) => {
        if (String(request.url).includes('quick')) doneAt.push(scheduler.now());
      });
      flush();
      expect(Math.max(...doneAt)).toBe(13); // 100 by 8, a millisecond each
    }),
  );

  // https://github.com/sindresorhus/got/issues/602: a deadline that begins anew with each retry is none
  it(
    'a deadline holds over all attempts and the time between them',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--#' });
      const options = {
        transport: net,
        timeout: { attempt: 5, total: 10 },
        retry: { limit: 99, backoff: () => 1 },
      };
      expectResults(fetchFrom([a], options)).toBe('----------(A|)', {
        A: { kind: 'timeout', phase: 'total', attempts: 4 },
      });
    }),
  );

  // https://github.com/apify/crawlee-python/issues/1437: answers of 429 come quickly, and quick is taken for well
  it(
    'a server that answers 429 is asked for less at once, however quickly it says so',
    marbles(({ flush }) => {
      let open = 0;
      const seen: number[] = [];
      const transport = (): Observable<Page> =>
        defer(() => {
          const refuses = ++open > 8;
          seen.push(open);
          return timer(refuses ? 1 : 20, asyncScheduler).pipe(
            map(() => {
              open--;
              return page(a, { status: refuses ? 429 : 200 });
            }),
          );
        });
      let settled = 0;
      fetchFrom(times(3_000), {
        transport,
        concurrency: adaptive({ min: 1, max: 200 }),
        retry: false,
      }).subscribe(() => settled++);
      flush();
      expect(settled).toBe(3_000);
      const late = seen.slice(-1_000);
      expect(Math.max(...late)).toBeLessThanOrEqual(16);
      expect(Math.max(...seen)).toBeLessThanOrEqual(32);
    }),
  );

  // https://github.com/SGrondin/bottleneck/issues/95: ten million links that are all read at once
  it('a source is read as it is needed, however long it is', () => {
    let taken = 0;
    function* endless(): Generator<string> {
      for (;;) {
        taken++;
        yield a;
      }
    }
    const seen: number[] = [];
    const results$ = fetchFrom(endless(), {
      transport: atOnce,
      concurrency: 4,
      rate: { limit: 10, per: 1e6 },
    });
    results$.subscribe(({ index }) => seen.push(index)).unsubscribe();
    expect(seen).toHaveLength(10);
    expect(taken).toBeLessThanOrEqual(14);
  });
});
