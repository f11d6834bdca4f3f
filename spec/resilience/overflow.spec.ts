import fc from 'fast-check';
import { asyncScheduler, map, of, Subject, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const letters = Object.fromEntries(Array.from('abcdef', (letter) => [letter, `http://${letter}/`]));
const routes = Object.fromEntries(Array.from('abcdef', (letter) => [`http://${letter}/`, '------(p|)']));
const overflow = { ok: false, kind: 'overflow', attempts: 0 } as const;

describe('maxQueued', () => {
  it(
    'gives up what comes when the queue is full: drop-newest',
    marbles(({ hot, transport, expectResults }) => {
      const source = hot('abcd---|', letters);
      const expected = '  --CD--a-----(b|)';
      const options = { transport: transport(routes), concurrency: 1, maxQueued: 1 };

      expectResults(source.pipe(fetchEach(options))).toBe(expected, { C: overflow, D: overflow });
    }),
  );

  it(
    'gives up what has waited longest: drop-oldest',
    marbles(({ hot, transport, expectResults }) => {
      const source = hot('abcd---|', letters);
      const expected = '  --BC--a-----(d|)';
      const options = { transport: transport(routes), concurrency: 1, maxQueued: 1 };

      expectResults(source.pipe(fetchEach({ ...options, overflow: 'drop-oldest' }))).toBe(expected, {
        B: overflow,
        C: overflow,
      });
    }),
  );

  it.each(['drop-newest', 'drop-oldest'] as const)('of 0 queues nothing: %s', (overflowing) => {
    marbles(({ hot, transport, expectResults }) => {
      const source = hot('abc-----d|', letters);
      const expected = '  -BC---a-------(d|)';
      const options = { transport: transport(routes), concurrency: 1, maxQueued: 0, overflow: overflowing };

      expectResults(source.pipe(fetchEach(options))).toBe(expected, { B: overflow, C: overflow });
    })();
  });

  it(
    'never gives up what can start',
    marbles(({ cold, transport, expectResults }) => {
      const source = cold('(abc|)', letters);
      const options = { transport: transport(routes), concurrency: 3, maxQueued: 0 };

      expectResults(source.pipe(fetchEach(options))).toBe('------(abc|)');
    }),
  );

  it(
    'gives up what a source throws in at once beyond what fits',
    marbles(({ cold, transport, expectResults }) => {
      const source = cold('(abcdef|)', letters);
      const options = { transport: transport(routes), concurrency: 2, maxQueued: 1 };

      expectResults(source.pipe(fetchEach(options))).toBe('(DEF)-(ab)--(c|)', {
        D: overflow,
        E: overflow,
        F: overflow,
      });
    }),
  );

  it(
    'counts the inputs of each pipeline of a fetcher by itself',
    marbles(({ cold, transport, expectResults }) => {
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });
      const each = fetcher.fetchEach({ maxQueued: 1 });

      expectResults(cold('(abc|)', letters).pipe(each)).toBe('(C)---a-----------(b|)', { C: overflow });
      expectResults(cold('(def|)', letters).pipe(each)).toBe('(BC)--------(a|)', {
        a: { url: letters['d'] ?? '' },
        B: overflow,
        C: overflow,
      });
    }),
  );

  it(
    'counts what waits for its host, not only what waits for a slot',
    marbles(({ hot, transport, expectResults }) => {
      const inputs = { a: 'http://a/1', b: 'http://a/2', c: 'http://a/3', d: 'http://d/' };
      const source = hot('(abc)-d---|', inputs);
      const net = transport({
        [inputs.a]: '--------(p|)',
        [inputs.b]: '--(p|)',
        [inputs.c]: '--(p|)',
        [inputs.d]: '-(p|)',
      });
      const options = { transport: net, concurrency: 4, perHost: { concurrency: 1 }, maxQueued: 1 };

      // while b waits for a's host, c is too much; d need not wait
      expectResults(source.pipe(fetchEach(options))).toBe('C------da-(b|)', { C: overflow });
      expectResults(source.pipe(fetchEach({ ...options, overflow: 'drop-oldest' }))).toBe('B------da-(c|)', {
        B: overflow,
        c: { url: inputs.c },
      });
    }),
  );

  it(
    'counts nothing that has run out of time in the queue',
    marbles(({ hot, transport, expectResults }) => {
      const source = hot('a----b---|', letters);
      const options = {
        transport: transport(routes),
        concurrency: of(0),
        maxQueued: 1,
        timeout: { total: 4 },
      };
      const late = { kind: 'timeout', phase: 'queue' } as const;

      expectResults(source.pipe(fetchEach(options))).toBe('----A----(B|)', { A: late, B: late });
    }),
  );

  it.each(['drop-newest', 'drop-oldest'] as const)(
    'gives up nothing that can start when it is pushed where a record is handled: %s',
    (overflowing) => {
      marbles(({ transport, flush }) => {
        const inputs = new Subject<string>();
        const kinds: string[] = [];
        const options = { transport: transport(routes), concurrency: 1, maxQueued: 0, overflow: overflowing };
        inputs.pipe(fetchEach(options)).subscribe((result) => {
          kinds.push(result.ok ? 'ok' : result.error.kind);
          if (kinds.length < 3) inputs.next(letters['b'] ?? '');
        });
        inputs.next(letters['a'] ?? '');
        flush();
        expect(kinds).toEqual(['ok', 'ok', 'ok']);
      })();
    },
  );

  it('yields one record for each input, whatever is shed, cancelled or fails', () => {
    const arrivals = fc.record({
      gaps: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }),
      latency: fc.integer({ min: 0, max: 6 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      maxQueued: fc.integer({ min: 0, max: 3 }),
      overflow: fc.constantFrom('drop-newest' as const, 'drop-oldest' as const),
      total: fc.option(fc.integer({ min: 1, max: 9 }), { nil: Infinity }),
    });
    fc.assert(
      fc.property(arrivals, ({ gaps, latency, total, ...limits }) => {
        marbles(({ scheduler, flush }) => {
          const inputs = new Subject<string>();
          const transport = ({ url }: FetchRequest): Observable<Page> =>
            timer(latency, asyncScheduler).pipe(map(() => page(String(url))));
          const settled: number[] = [];
          let completed = false;
          inputs.pipe(fetchEach({ transport, timeout: { total }, ...limits })).subscribe({
            next: ({ index }) => settled.push(index),
            complete: () => (completed = true),
          });
          let at = 0;
          for (const gap of gaps) scheduler.schedule(() => inputs.next('http://a/'), (at += gap));
          scheduler.schedule(() => inputs.complete(), at);
          flush();
          expect(settled.sort((x, y) => x - y)).toEqual(gaps.map((_, index) => index));
          expect(completed).toBe(true);
        })();
      }),
      { numRuns: 300 },
    );
  });
});
