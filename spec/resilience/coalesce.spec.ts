import fc from 'fast-check';
import { asyncScheduler, map, NEVER, Observable, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

describe('coalesce', () => {
  it(
    'fetches once what is asked for while it is under way; each duplicate gets a record of its own',
    marbles(({ transport, flush, expectSubscriptions }) => {
      const net = transport({ [a]: '---(p|)' });
      const records: FetchResult<Page, string>[] = [];
      const inputs = ['x', 'y', 'z'].map((context) => ({ url: a, context }));
      fetchFrom(inputs, { transport: net, interceptors: [coalesce()] }).subscribe((record) =>
        records.push(record),
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^--!');
      flush();
      expect(records.map(({ ok, index, request }) => [ok, index, request.context])).toEqual([
        [true, 0, 'x'],
        [true, 1, 'y'],
        [true, 2, 'z'],
      ]);
    }),
  );

  it.each([
    [1, '---a--b-------(c|)'], // the duplicate is not even pulled before the first is done, and asks anew
    [2, '---(ab)-(c|)'],
  ])('holds no slot for a duplicate: concurrency %i', (concurrency, expected) => {
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '---(p|)', [b]: '--------(p|)' });
      const options = { transport: net, concurrency, interceptors: [coalesce()] };
      expectResults(fetchFrom([a, a, b], options)).toBe(expected);
    })();
  });

  it(
    'gives each duplicate its own retry when the fetch fails, which is again one fetch',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['--#', '---(p|)'] });
      const options = { transport: net, interceptors: [coalesce()], retry: { backoff: () => 2 } };
      expectResults(fetchFrom([a, a, a], options)).toBe('-------(abc|)', {
        a: { ok: true, index: 0, attempts: 2 },
        b: { ok: true, index: 1, attempts: 2 },
        c: { ok: true, index: 2, attempts: 2 },
      });
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^-!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('----^--!');
    }),
  );

  it(
    'fails each duplicate when nothing is tried again',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--#' });
      expectResults(fetchFrom([a, a], { transport: net, interceptors: [coalesce()], retry: false })).toBe(
        '--(AB|)',
        { A: { kind: 'network', index: 0 }, B: { kind: 'network', index: 1 } },
      );
    }),
  );

  it(
    'does not accept or refuse a status for the others: each duplicate is judged by its own',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '--(4|)' });
      const options = { transport: net, interceptors: [coalesce()], retry: false } as const;
      expectResults(fetchFrom([a, a], options)).toBe('--(AB|)', { A: { kind: 'http' }, B: { kind: 'http' } });
    }),
  );

  it(
    'begins anew for those who wait when the first runs out of time',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)' });
      const inputs = [{ url: a, timeout: 3 }, a];
      const options = { transport: net, interceptors: [coalesce()], retry: false } as const;
      expectResults(fetchFrom(inputs, options)).toBe('---A----(b|)', { A: { kind: 'timeout' } });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^--!', '---^----!']);
    }),
  );

  it(
    'lets one who waits run out of time by itself',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)' });
      const inputs = [a, { url: a, timeout: 3 }];
      const options = { transport: net, interceptors: [coalesce()], retry: false } as const;
      expectResults(fetchFrom(inputs, options)).toBe('---B-(a|)', { B: { kind: 'timeout' } });
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^----!');
    }),
  );

  it(
    'aborts the fetch when who began it leaves',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const shared = coalesce();
      const options = { transport: net, interceptors: [shared] };
      expectResults(fetchFrom([a], options), '^--!').toBe('----');
      expectResults(fetchFrom([a, a], options), '^----!').toBe('------');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^--!', '---^-!']);
    }),
  );

  it(
    'counts no attempt that begins anew, and lets it wait for a slot',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '-----(p|)', [b]: '------(p|)', [c]: '--(p|)' });
      const inputs = [{ url: a, timeout: 3 }, a, b, c];
      const options = { transport: net, interceptors: [coalesce()], retry: false, concurrency: 2 } as const;
      // b has the slot that the second gave back; it is the first's slot that the second begins anew in
      expectResults(fetchFrom(inputs, options)).toBe('---A--c-(bd|)', { A: { kind: 'timeout' } });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^--!', '---^----!']);
      expectSubscriptions(net.attempt(c).subscriptions).toBe('------^-!');
    }),
  );

  it(
    'lets a hedge outside of it ask a second time, within the slots there are',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['---------(p|)', '--(p|)'], [b]: '--(p|)' });
      const options = {
        transport: net,
        interceptors: [hedge({ after: 3 }), coalesce()],
        concurrency: 1,
      } as const;
      expectResults(fetchFrom([a, b], options)).toBe('-----a-(b|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^----!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('---^-!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('-----^-!');
    }),
  );

  it(
    'shares one fetch between all pipelines that it is given to',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---(p|)' });
      const shared = coalesce();
      const options = { transport: net, interceptors: [shared] };
      expectResults(fetchFrom([a], options)).toBe('---(a|)');
      expectResults(fetchFrom([a], options), '-^').toBe('---(a|)');
      expectResults(createFetcher(options).fetchFrom([a]), '--^').toBe('---(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^--!');
    }),
  );

  it.each([
    [
      'a POST',
      [
        { url: a, method: 'POST' },
        { url: a, method: 'POST' },
      ],
    ],
    [
      'a GET with a body',
      [
        { url: a, body: 'x' },
        { url: a, body: 'x' },
      ],
    ],
    ['a HEAD and a GET', [{ url: a, method: 'HEAD' }, { url: a }]],
    ['requests whose headers differ', [{ url: a, headers: { accept: 'x' } }, { url: a }]],
    ['requests to other URLs', [a, `${a}?x`]],
  ] as [string, (string | FetchRequest)[]][])('leaves %s alone', (_name, inputs) => {
    const asked: FetchRequest[] = [];
    const transport = (request: FetchRequest): Observable<Page> => {
      asked.push(request);
      return NEVER;
    };
    fetchFrom(inputs, { transport, interceptors: [coalesce()] })
      .subscribe()
      .unsubscribe();
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['methods in other letters', [{ url: a, method: 'get' }, { url: a }]],
    [
      'header names in another order, in other letters',
      [
        { url: a, headers: { accept: 'x', 'X-Y': 'z' } },
        { url: a, headers: { 'x-y': 'z', Accept: 'x' } },
      ],
    ],
    ['URLs that differ in what is not sent', [`${a}#top`, new URL('HTTP://A:80/')]],
  ] as [string, (string | FetchRequest | URL)[]][])('knows for the same: %s', (_name, inputs) => {
    let asked = 0;
    const transport = (): Observable<Page> => {
      asked++;
      return NEVER;
    };
    fetchFrom(inputs, { transport, interceptors: [coalesce()] })
      .subscribe()
      .unsubscribe();
    expect(asked).toBe(1);
  });

  it(
    'counts those who wait against the lookahead',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('aaaaab');
      const net = transport({ [a]: '--------(p|)', [b]: '-----(p|)' });
      const options = { transport: net, concurrency: 2, lookahead: 2, interceptors: [coalesce()] };
      // one fetches, two wait for it, and nothing more is pulled
      expectObservable(inputs.pulls$).toBe('(aaa)---(aab)E');
      expectResults(fetchFrom(inputs, options)).toBe('--------(abc)f--(de|)');
    }),
  );

  it('fetches again for what is asked in the moment in which the page is handed out', () => {
    const inputs = new Subject<string>();
    const pages: Subject<Page>[] = [];
    const seen: string[] = [];
    const transport = (): Observable<Page> => {
      const page$ = new Subject<Page>();
      pages.push(page$);
      return page$;
    };
    inputs.pipe(fetchEach({ transport, interceptors: [coalesce()], retry: false })).subscribe((record) => {
      seen.push(record.ok ? 'ok' : record.error.message);
      if (seen.length === 1) inputs.next(a);
    });
    inputs.next(a);
    for (const page$ of pages) {
      page$.next(page(a));
      page$.complete();
    }
    expect(seen).toEqual(['ok', 'ok']);
    expect(pages).toHaveLength(2);
  });

  it('gives back no slot twice, and none too few, when synchronous transports answer', () => {
    const settled: number[] = [];
    const transport = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
    const inputs = Array.from({ length: 10_000 }, (_, n) => (n % 3 === 0 ? a : b));
    fetchFrom(inputs, { transport, concurrency: 2, interceptors: [coalesce()] }).subscribe(({ ok, index }) =>
      settled.push(ok ? index : -1),
    );
    expect(settled).toEqual(inputs.map((_, index) => index));
  });

  it('yields one record for each input, keeps to the limit, and never fetches twice at once', () => {
    const duplicates = fc.record({
      inputs: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      lookahead: fc.integer({ min: 0, max: 6 }),
      latencies: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 5, maxLength: 5 }),
      broken: fc.integer({ min: 0, max: 5 }),
      dedupe: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(duplicates, ({ inputs, concurrency, lookahead, latencies, broken, dedupe }) => {
        marbles(({ flush }) => {
          const open = new Map<string, number>();
          const settled: number[] = [];
          let most = 0;
          let mostOfOne = 0;
          let asked = 0;
          const transport = ({ url }: FetchRequest): Observable<Page> =>
            new Observable((subscriber) => {
              const key = String(url);
              open.set(key, (open.get(key) ?? 0) + 1);
              mostOfOne = Math.max(mostOfOne, open.get(key) ?? 0);
              most = Math.max(
                most,
                [...open.values()].reduce((sum, one) => sum + one, 0),
              );
              let isOpen = true;
              const over = (): void => {
                if (isOpen) open.set(key, (open.get(key) ?? 0) - 1);
                isOpen = false;
              };
              subscriber.add(over);
              const fails = asked++ % 6 === broken;
              const wait = latencies[Number(new URL(key).pathname.slice(1))] ?? 0;
              const answer = (): Page => {
                over();
                if (fails) throw new FetchError('network', 'broke', { retryable: true });
                return page(key);
              };
              subscriber.add(
                (wait === 0 ? of(0) : timer(wait, asyncScheduler)).pipe(map(answer)).subscribe(subscriber),
              );
            });
          let completed = false;
          fetchFrom(
            inputs.map((n) => `http://a/${n}`),
            {
              transport,
              concurrency,
              lookahead,
              interceptors: [coalesce({ dedupe })],
              retry: { backoff: () => 1 },
            },
          ).subscribe({
            next: ({ index, ok, ...record }) => {
              settled.push(index);
              if (!ok) expect((record as { error: FetchError }).error.kind).toBe('network');
            },
            complete: () => (completed = true),
          });
          flush();
          expect(settled.sort((x, y) => x - y)).toEqual(inputs.map((_, index) => index));
          expect(completed).toBe(true);
          expect(most).toBeLessThanOrEqual(concurrency);
          expect(mostOfOne).toBeLessThanOrEqual(1);
        })();
      }),
      { numRuns: 300 },
    );
  });
});

describe('dedupe', () => {
  it(
    'answers from what was fetched before, a fetch and a slot less',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(p|)', [b]: '-----(p|)' });
      const options = { transport: net, concurrency: 1, interceptors: [coalesce({ dedupe: 1 })] };
      expectResults(fetchFrom(watched('aaab'), options)).toBe('-(abc)(d|)');
    }),
  );

  it('keeps no more pages than it is told, and forgets the oldest', async () => {
    const asked: string[] = [];
    const transport = ({ url }: FetchRequest): Observable<Page> => {
      asked.push(new URL(url).hostname);
      return of(page(String(url)));
    };
    const inputs = Array.from('abacbca', (letter) => `http://${letter}/`);
    const options = { transport, concurrency: 1, interceptors: [coalesce({ dedupe: 2 })] };
    const batch = await new Promise<FetchResult[]>((resolve) =>
      fetchFrom(inputs, options).pipe(toBatch()).subscribe(resolve),
    );
    expect(batch.every(({ ok }) => ok)).toBe(true);
    expect(asked).toEqual(Array.from('abca')); // c drove a out
  });

  it('keeps no failure and no page that says it is one', () => {
    let asked = 0;
    const transport = (): Observable<Page> =>
      asked++ === 0 ? throwError(() => new Error('broke')) : of(page(a, { status: asked === 2 ? 404 : 200 }));
    const seen: unknown[] = [];
    const options = {
      transport,
      concurrency: 1,
      retry: false,
      interceptors: [coalesce({ dedupe: 9 })],
    } as const;
    fetchFrom([a, a, a, a], options).subscribe(({ ok }) => seen.push(ok));
    expect(seen).toEqual([false, false, true, true]);
    expect(asked).toBe(3);
  });

  it.each([-1, 1.5, NaN, Infinity, '3'])('of %s is refused when coalesce is called', (dedupe) => {
    expect(() => coalesce({ dedupe: dedupe as number })).toThrow(/expected `dedupe` to be an integer/);
  });
});
