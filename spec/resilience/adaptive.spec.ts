import { asyncScheduler, map, Observable, timer, type SchedulerLike } from 'rxjs';
import { describe, expect, it as test } from 'vitest';
import { adaptive } from '../../lib/creators/adaptive.js';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { it } from '../support/wire.js';

const a = 'http://a/';
const times = (count: number): string[] => Array.from({ length: count }, () => a);

/** A server that works at so many requests at once; what is more waits, as in a queue of its own. */
class Workshop {
  /** How many were under way when each request came. */
  readonly seen: number[] = [];
  open = 0;
  private freeAt: number[];

  constructor(
    capacity: number,
    private readonly work = 20,
    private readonly scheduler: SchedulerLike = asyncScheduler,
  ) {
    this.freeAt = Array.from({ length: capacity }, () => 0);
  }

  /** From now on it has so many hands. */
  become(capacity: number): void {
    this.freeAt = this.freeAt.sort((x, y) => y - x).slice(0, capacity);
  }

  readonly transport = (): Observable<Page> =>
    new Observable((subscriber) => {
      this.seen.push(++this.open);
      subscriber.add(() => this.open--);
      const now = this.scheduler.now();
      const hand = this.freeAt.indexOf(Math.min(...this.freeAt));
      const until = Math.max(now, this.freeAt[hand] ?? now) + this.work;
      this.freeAt[hand] = until;
      subscriber.add(
        timer(until - now, this.scheduler)
          .pipe(map(() => page(a)))
          .subscribe(subscriber),
      );
    });
}

const median = (numbers: number[]): number =>
  numbers.sort((x, y) => x - y)[Math.floor(numbers.length / 2)] ?? NaN;
const mean = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe('adaptive', () => {
  test(
    'finds the height of a server within a few hundred requests',
    marbles(({ flush }) => {
      const server = new Workshop(40);
      let settled = 0;
      const concurrency = adaptive({ min: 4, max: 200 });
      fetchFrom(times(3_000), { transport: server.transport, concurrency }).subscribe(
        ({ ok }) => (settled += Number(ok)),
      );
      flush();
      expect(settled).toBe(3_000);
      expect(server.seen[0]).toBe(1);
      const later = server.seen.slice(500, 2_900);
      expect(mean(later)).toBeGreaterThan(30);
      expect(mean(later)).toBeLessThan(50);
    }),
  );

  test(
    'backs off when the server can do less',
    marbles(({ flush, scheduler }) => {
      const server = new Workshop(40);
      const concurrency = adaptive({ min: 4, max: 200 });
      fetchFrom(times(6_000), { transport: server.transport, concurrency }).subscribe();
      scheduler.schedule(() => server.become(10), 1_000);
      flush();
      const settled = server.seen.slice(4_000, 5_900);
      expect(mean(settled)).toBeGreaterThan(4);
      expect(mean(settled)).toBeLessThan(20);
    }),
  );

  test(
    'stays within its bounds',
    marbles(({ flush }) => {
      const server = new Workshop(1_000);
      fetchFrom(times(2_000), {
        transport: server.transport,
        concurrency: adaptive({ min: 2, max: 12 }),
      }).subscribe();
      flush();
      expect(Math.max(...server.seen)).toBe(12);
    }),
  );

  test(
    'counts a burst of 429 once: it does not fall to its least',
    marbles(({ flush, scheduler }) => {
      let refusing = false;
      let open = 0;
      const seen: { readonly at: number; readonly open: number }[] = [];
      const transport = (): Observable<Page> =>
        new Observable((subscriber) => {
          seen.push({ at: scheduler.now(), open: ++open });
          subscriber.add(() => open--);
          subscriber.add(
            timer(20, asyncScheduler)
              .pipe(map(() => page(a, { status: refusing ? 429 : 200 })))
              .subscribe(subscriber),
          );
        });
      fetchFrom(times(2_000), {
        transport,
        concurrency: adaptive({ min: 1, max: 64 }),
        retry: false,
      }).subscribe();
      scheduler.schedule(() => (refusing = true), 395);
      scheduler.schedule(() => (refusing = false), 405); // all that is under way at 400 is answered so
      flush();
      const before = Math.max(...seen.filter(({ at }) => at < 400).map((one) => one.open));
      const after = seen.filter(({ at }) => at > 420 && at <= 460).map((one) => one.open);
      expect(before).toBe(64);
      expect(Math.max(...after)).toBeGreaterThanOrEqual(30);
      expect(Math.max(...after)).toBeLessThanOrEqual(36);
    }),
  );

  test(
    'is one for all pipelines of a fetcher',
    marbles(({ flush }) => {
      const server = new Workshop(40);
      const fetcher = createFetcher({
        transport: server.transport,
        concurrency: adaptive({ min: 4, max: 200 }),
      });
      let settled = 0;
      for (let n = 0; n < 3; n++)
        fetcher.fetchFrom(times(1_000)).subscribe(({ ok }) => (settled += Number(ok)));
      flush();
      expect(settled).toBe(3_000);
      expect(mean(server.seen.slice(500, 2_900))).toBeGreaterThan(30);
      expect(mean(server.seen.slice(500, 2_900))).toBeLessThan(50);
    }),
  );

  test(
    'keeps its height in a fetcher from one pipeline to the next',
    marbles(({ flush }) => {
      const server = new Workshop(40);
      const concurrency = adaptive({ min: 4, max: 200 });
      const fetcher = createFetcher({ transport: server.transport, concurrency });
      fetcher.fetchFrom(times(1_000)).subscribe();
      flush();
      const before = server.seen.length;
      fetcher.fetchFrom(times(100)).subscribe();
      expect(server.seen.length - before).toBeGreaterThan(20);
      flush();
    }),
  );

  test(
    'finds a height for each pipeline that it is given to',
    marbles(({ flush }) => {
      const [small, large] = [new Workshop(8), new Workshop(40)];
      const concurrency = adaptive({ min: 4, max: 200 });
      fetchFrom(times(2_000), { transport: small.transport, concurrency }).subscribe();
      fetchFrom(times(2_000), { transport: large.transport, concurrency }).subscribe();
      flush();
      expect(mean(small.seen.slice(500, 1_900))).toBeLessThan(16);
      expect(mean(large.seen.slice(500, 1_900))).toBeGreaterThan(30);
    }),
  );

  it('finds the height of a real server, roughly', async ({ wire }) => {
    const capacity = 20;
    const waiting: (() => void)[] = [];
    let working = 0;
    let open = 0;
    const seen: number[] = [];
    const next = (): void => {
      const begin = waiting.shift();
      if (!begin) return;
      working++;
      begin();
    };
    const server = await wire.serve((_request, response) => {
      seen.push(++open);
      waiting.push(() =>
        setTimeout(() => {
          open--;
          working--;
          response.end('done');
          next();
        }, 10),
      );
      if (working < capacity) next();
    });
    const settled = await new Promise<number>((resolve) => {
      let count = 0;
      fetchFrom(
        Array.from({ length: 1_500 }, (_, n) => `${server.url}/${n}`),
        { transport: wire.transport, concurrency: adaptive({ min: 2, max: 400 }) },
      ).subscribe({ next: ({ ok }) => (count += Number(ok)), complete: () => resolve(count) });
    });
    expect(settled).toBe(1_500);
    expect(Math.max(...seen)).toBeGreaterThan(4); // it rose
    // and came down again: the median, as a busy machine may be slow enough to look like a server that is idle
    expect(median(seen.slice(500))).toBeLessThan(3 * capacity);
  });
});
