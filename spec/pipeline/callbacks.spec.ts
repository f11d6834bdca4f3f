import { BehaviorSubject, map, Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher, type FetcherCallOptions } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../lib/model/event.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import type { ObservedTransport } from '../../lib/transports/transport.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

/** Options whose callback does `deed` at the first moment of a kind. */
function doing(moment: string, deed: () => void): FetcherCallOptions {
  switch (moment) {
    case 'backoff':
      return {
        retry: {
          backoff: () => {
            deed();
            return 2;
          },
        },
      };
    case 'acceptStatus':
      return {
        retry: { backoff: () => 2 },
        acceptStatus: () => {
          deed();
          return true;
        },
      };
    default:
      return {
        retry: { backoff: () => 2 },
        events: {
          next: ({ type }: FetchEvent) => {
            if (type === moment) deed();
          },
        },
      };
  }
}

/** At which frame each moment comes first, by the transport below. */
const moments: readonly (readonly [moment: string, frame: number])[] = [
  ['pull', 0],
  ['start', 0],
  ['wait', 2],
  ['backoff', 2],
  ['response', 5],
  ['acceptStatus', 6],
  ['settle', 6],
];

/** At `a` one attempt that fails and one that does not; at `c` a page. */
const routes = { [a]: ['h-#', 'hb(p|)'], [c]: '-(p|)' };

describe.each(moments)('a callback, at the first %s,', (moment, frame) => {
  it(
    'may abort: each input that was pulled has its record, and the slot is free for others',
    marbles(({ expectResults, transport }) => {
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1, lookahead: 0 });
      const controller = new AbortController();
      const options = doing(moment, () => {
        controller.abort();
      });
      const expected = `${frame}ms (1|)`;
      const record = moment === 'settle' ? { ok: true } : { kind: 'cancelled' as const };

      const results$ = fetcher.fetchFrom([a, b], { ...options, signal: controller.signal });
      expectResults(results$).toBe(expected, { 1: { index: 0, ...record } });
      expectResults(fetcher.fetchFrom([c]), '----------^').toBe('-----------(a|)');
    }),
  );

  it(
    'may abort what waits in the queue of fetchEach',
    marbles(({ hot, expectResults, transport }) => {
      const source = hot('(ab)', { a, b });
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1, lookahead: 0 });
      const controller = new AbortController();
      const options = doing(moment, () => {
        controller.abort();
      });
      // at the pull and the start of a, b has not come yet; at the record of a, b is told of before the record is out
      const expected = { pull: '(1|)', start: '(1|)', settle: '6ms (21|)' }[moment] ?? `${frame}ms (12|)`;
      const record = moment === 'settle' ? { ok: true } : { kind: 'cancelled' as const };

      const results$ = source.pipe(fetcher.fetchEach({ ...options, signal: controller.signal }));
      expectResults(results$).toBe(expected, {
        1: { index: 0, ...record },
        2: { index: 1, kind: 'cancelled' },
      });
      expectResults(fetcher.fetchFrom([c]), '----------^').toBe('-----------(a|)');
    }),
  );

  it(
    'may unsubscribe: nothing more is started, and the slot is free for others',
    marbles(({ flush, expectResults, transport }) => {
      const net: ObservedTransport = transport(routes);
      const starts: string[] = [];
      const counting: ObservedTransport = (request, attempt) => {
        starts.push(String(request.url));
        return net(request, attempt);
      };
      const fetcher = createFetcher({ transport: counting, concurrency: 1, lookahead: 0 });
      const left = new Subject<void>();
      const options = doing(moment, () => {
        left.next();
      });

      expectResults(fetcher.fetchFrom([a, b], options).pipe(takeUntil(left))).toBe(`${frame}ms |`);
      expectResults(fetcher.fetchFrom([c]), '----------^').toBe('-----------(a|)');
      flush();
      expect(starts).not.toContain(b);
    }),
  );

  it(
    'may close the fetcher',
    marbles(({ expectResults, transport }) => {
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1, lookahead: 0 });
      const options = doing(moment, () => {
        fetcher.close();
      });
      const record = moment === 'settle' ? { ok: true } : { kind: 'cancelled' as const };
      expectResults(fetcher.fetchFrom([a, b], options)).toBe(`${frame}ms (1|)`, {
        1: { index: 0, ...record },
      });
    }),
  );
});

describe('a subscriber of the results', () => {
  it(
    'may abort in `next`, and is told of every other input',
    marbles(({ scheduler, transport: drawn, flush }) => {
      const net = drawn({ [a]: '-(p|)', [b]: '---(p|)' });
      const controller = new AbortController();
      const log: string[] = [];
      fetchFrom([a, b, c], { transport: net, concurrency: 2, signal: controller.signal }).subscribe({
        next: ({ index, ok }) => {
          log.push(`${scheduler.frame}: ${index} ${ok ? 'ok' : 'failed'}`);
          controller.abort();
        },
        complete: () => log.push(`${scheduler.frame}: completed`),
      });
      flush();
      expect(log).toEqual(['1: 0 ok', '1: 1 failed', '1: completed']);
    }),
  );

  it(
    'may complete the source in an operator between, and is given the record all the same',
    marbles(({ transport: drawn, expectObservable }) => {
      const net = drawn({ [a]: '-(p|)' });
      const source = new BehaviorSubject(a);
      const results$ = source.pipe(
        fetchEach({ transport: net }),
        map(({ index }) => {
          source.complete();
          return index;
        }),
      );
      expectObservable(results$).toBe('-(x|)', { x: 0 });
    }),
  );
});
