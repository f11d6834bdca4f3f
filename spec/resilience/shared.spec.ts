import { asyncScheduler, map, Observable, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const open = { ok: false, kind: 'circuit-open', attempts: 0 } as const;

describe('pipelines of one fetcher', () => {
  it(
    'obey one limit of a host together, and take turns at it',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '--(p|)', [b]: '-(p|)' });
      const fetcher = createFetcher({ transport: net, perHost: { concurrency: 1 } });

      expectResults(fetcher.fetchFrom([a, a])).toBe('   --a-(b|)');
      expectResults(fetcher.fetchFrom([a, b, a])).toBe(' -b----a-(c|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^-!', '--^-!', '----^-!', '------^-!']);
    }),
  );

  it(
    'obey one delay of a host and one rate of all',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-(p|)' });
      const fetcher = createFetcher({
        transport: net,
        perHost: { delay: 5 },
        rate: { limit: 1, per: 2 },
      });
      expectResults(fetcher.fetchFrom([a])).toBe('   -(a|)');
      expectResults(fetcher.fetchFrom([a, b])).toBe('---b--(a|)');
    }),
  );

  it(
    'do not wait behind all that another has pulled for the same host',
    marbles(({ transport, expectResults }) => {
      const fetcher = createFetcher({ transport: transport({ [a]: '--(p|)' }), perHost: { concurrency: 1 } });

      expectResults(fetcher.fetchFrom([a, a, a, a, a])).toBe('--a-b---c-d-(e|)');
      expectResults(fetcher.fetchFrom([a]), '-^').toBe('       ------(a|)');
    }),
  );

  it(
    'hold as many inputs as each may: one that waits for its host does not stop another at its own',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '----(p|)', [b]: '-(p|)' });
      const fetcher = createFetcher({ transport: net, perHost: { concurrency: 1 }, lookahead: 2 });

      expectResults(fetcher.fetchFrom([a, a, a, a])).toBe('----a---b---c---(d|)');
      expectResults(fetcher.fetchFrom([b, b, b])).toBe('   -ab(c|)');
    }),
  );

  it('never have more under way at a host than it may, however many subscribe', () => {
    marbles(({ flush }) => {
      let open = 0;
      let most = 0;
      const transport = ({ url }: FetchRequest): Observable<Page> =>
        new Observable((subscriber) => {
          most = Math.max(most, ++open);
          subscriber.add(() => open--);
          subscriber.add(
            timer(1 + (most % 3), asyncScheduler)
              .pipe(map(() => page(String(url))))
              .subscribe(subscriber),
          );
        });
      const fetcher = createFetcher({ transport, perHost: { concurrency: 3 } });
      let settled = 0;
      for (let n = 0; n < 10; n++) {
        fetcher.fetchFrom(Array.from({ length: 20 }, () => a)).subscribe(({ ok }) => (settled += Number(ok)));
      }
      flush();
      expect(settled).toBe(200);
      expect(most).toBe(3);
    })();
  });

  it(
    'are served fairly: a long list does not hold up a short one',
    marbles(({ transport, flush }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-(p|)' });
      const fetcher = createFetcher({ transport: net, concurrency: 2 });
      const settled: string[] = [];
      fetcher
        .fetchFrom(Array.from({ length: 50 }, () => a))
        .subscribe(({ index }) => settled.push(`long ${index}`));
      fetcher
        .fetchFrom(Array.from({ length: 5 }, () => b))
        .subscribe(({ index }) => settled.push(`short ${index}`));
      flush();
      expect(settled.indexOf('short 4')).toBeLessThan(14);
      expect(settled).toHaveLength(55);
    }),
  );

  it(
    'share the circuit of a host: what one learns the other knows',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-#', [b]: '-(p|)' });
      const fetcher = createFetcher({ transport: net, circuit: { threshold: 1 }, retry: false });

      expectResults(fetcher.fetchFrom([a])).toBe('          -(A|)', { A: { kind: 'network' } });
      expectResults(fetcher.fetchFrom([a, b]), '----^').toBe('----A(b|)', { A: open });
    }),
  );

  it(
    'share the retry budget of a host',
    marbles(({ flush }) => {
      let asked = 0;
      const transport = (): Observable<Page> =>
        new Observable((subscriber) => {
          asked++;
          subscriber.error(new FetchError('network', 'broke', { retryable: true }));
        });
      const fetcher = createFetcher({ transport, retry: { budget: 0, backoff: () => 1 } });
      let settled = 0;
      for (const inputs of [Array.from({ length: 50 }, () => a), Array.from({ length: 50 }, () => a)]) {
        fetcher.fetchFrom(inputs).subscribe(() => settled++);
      }
      flush();
      expect(settled).toBe(100);
      expect(asked).toBe(110);
    }),
  );

  it(
    'share the pause of a host',
    marbles(({ transport, expectResults }) => {
      const r = page(a, { status: 503, headers: { 'retry-after': '1' } });
      const net = transport({ [a]: ['-(r|)', '-(p|)'], [b]: '-(p|)' }, { r, p: page(b) });
      const fetcher = createFetcher({ transport: net, retry: false });

      expectResults(fetcher.fetchFrom([a])).toBe('          -(A|)', { A: { kind: 'http' } });
      expectResults(fetcher.fetchFrom([a, b]), '---^').toBe(' ----b 997ms (a|)');
    }),
  );

  it(
    'leave each other alone when one is unsubscribed while it waits for the host',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '----(p|)' });
      const fetcher = createFetcher({ transport: net, perHost: { concurrency: 1 } });

      expectResults(fetcher.fetchFrom([a])).toBe('       ----(a|)');
      expectResults(fetcher.fetchFrom([a]), '--!').toBe('---');
      expectResults(fetcher.fetchFrom([a])).toBe('       --------(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^---!', '----^---!']);
    }),
  );
});
