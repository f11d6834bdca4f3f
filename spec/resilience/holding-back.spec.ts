import { asyncScheduler, map, of, Subject, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { iterate } from '../../lib/creators/async-iterable.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { inOrder } from '../../lib/operators/in-order.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { settled } from '../support/switchboard.js';

const hosts = ['slow', 'a', 'b', 'slow', 'slow', 'c', 'slow', 'a', 'b', 'slow'];
/** 100 URLs of four hosts, one of which is slow. */
const urls = Array.from({ length: 100 }, (_, n) => `http://${hosts[n % hosts.length] ?? ''}/${n}`);

/** Inputs that tell how many of them were taken. */
class Counted {
  taken = 0;

  *[Symbol.iterator](): Generator<string> {
    for (const url of urls) {
      this.taken++;
      yield url;
    }
  }
}

const transport = ({ url }: FetchRequest): Observable<Page> =>
  timer(String(url).includes('slow') ? 20 : 2, asyncScheduler).pipe(map(() => page(String(url))));

describe('inOrder({ window }) with limits of each host', () => {
  it.each([1, 2, 5, 10, 50])('holds the pull back to %i inputs and passes all on, in order', (window) => {
    marbles(({ flush }) => {
      const inputs = new Counted();
      const passed: number[] = [];
      let most = 0;
      let completed = false;
      fetchFrom(inputs, { transport, concurrency: 8, perHost: { concurrency: 2, delay: 3 } })
        .pipe(inOrder({ window }))
        .subscribe({
          next: ({ index }) => {
            most = Math.max(most, inputs.taken - passed.length);
            passed.push(index);
          },
          complete: () => (completed = true),
        });
      flush();
      expect(passed).toEqual(urls.map((_, index) => index));
      expect(completed).toBe(true);
      expect(most).toBeLessThanOrEqual(window);
    })();
  });

  it(
    'goes on when the one it waits for is paused by its host, and then retried',
    marbles(({ transport: drawn, expectResults }) => {
      const [a1, a2, b1, b2] = ['http://a/1', 'http://a/2', 'http://b/1', 'http://b/2'];
      const r = page(a1, { status: 429, headers: { 'retry-after': '1' } });
      const net = drawn(
        { [a1]: ['-(r|)', '-(p|)'], [a2]: '--------(p|)', [b1]: '-(p|)', [b2]: '-(p|)' },
        { r, p: page(a1) },
      );
      const options = {
        transport: net,
        concurrency: 1,
        perHost: { concurrency: 1 },
        retry: { backoff: () => 0 },
      };
      // a window of two: one held, one paused; the rest is not even pulled until that is done
      expectResults(fetchFrom([a1, b1, a2, b2], options).pipe(inOrder({ window: 2 }))).toBe(
        '1s --(ab)----c(d|)',
      );
    }),
  );
});

describe('iterate with limits of each host', () => {
  it('holds the pull back to what fits: no more than `concurrency` are pulled and not taken', async () => {
    const inputs = new Counted();
    const seen: number[] = [];
    const instant = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
    const results = iterate(inputs, {
      transport: instant,
      concurrency: 4,
      perHost: { concurrency: 1, rate: { limit: 100, per: 10_000 } },
    });
    for await (const { index } of results) {
      seen.push(index);
      await settled();
      expect(inputs.taken - seen.length).toBeLessThanOrEqual(4);
    }
    expect(seen.sort((x, y) => x - y)).toEqual(urls.map((_, index) => index));
  });

  it('does not wait for a slow host to go on with the others', async () => {
    const slow = new Subject<Page>();
    const transport = ({ url }: FetchRequest): Observable<Page> =>
      String(url).includes('slow') ? slow : of(page(String(url)));
    const inputs = [...Array.from({ length: 20 }, (_, n) => `http://slow/${n}`), ...urls.slice(1, 3)];
    const results = iterate(inputs, { transport, concurrency: 4, perHost: { concurrency: 1 } });
    const seen: number[] = [];
    for await (const { index } of results) {
      seen.push(index);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([20, 21]);
  });

  it('does not stop when all that is pulled waits for one host', async () => {
    const pages = new Subject<Page>();
    let asked = 0;
    const transport = (): Observable<Page> => {
      asked++;
      return pages;
    };
    const urls = Array.from({ length: 12 }, (_, n) => `http://a/${n}`);
    const loop = (async () => {
      const seen: number[] = [];
      for await (const { index } of iterate(urls, {
        transport,
        concurrency: 4,
        perHost: { concurrency: 1 },
      })) {
        seen.push(index);
      }
      return seen;
    })();
    for (let n = 1; n <= 12; n++) {
      await settled();
      expect(asked).toBe(n);
      pages.next(page(`http://a/${n}`));
    }
    expect(await loop).toEqual(urls.map((_, index) => index));
  });
});
