import { NEVER, of, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { inOrder } from '../../lib/operators/in-order.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const d = 'http://d/';
const routes = { [a]: '--(p|)', [b]: '--(p|)', [c]: '--(p|)', [d]: '--(p|)' };

describe('createFetcher', () => {
  it(
    'makes pipelines that share one limit and take turns',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const fetcher = createFetcher({ transport: net, concurrency: 1 });
      const fetchA = '  ^-!';
      const fetchC = '  --^-!';
      const fetchB = '  ----^-!';
      const fetchD = '  ------^-!';
      const first = '   --a---(b|)';
      const second = '  ----a---(b|)';

      expectResults(fetcher.fetchFrom([a, b]).pipe(take(2))).toBe(first, { a: { url: a }, b: { url: b } });
      expectResults(fetcher.fetchFrom([c, d])).toBe(second, { a: { url: c }, b: { url: d } });
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(d).subscriptions).toBe(fetchD);
    }),
  );

  it(
    'shares the limit between fetchFrom, fetchEach and fetchPage',
    marbles(({ hot, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const net = transport(routes, { p: page('http://any/') });
      const fetcher = createFetcher({ transport: net, concurrency: 1 });
      const source = hot('b|', { b });

      expectResults(fetcher.fetchFrom([a]).pipe(take(1))).toBe('  --(a|)');
      expectResults(source.pipe(fetcher.fetchEach())).toBe('         ----(a|)');
      expectObservable(fetcher.fetchPage(c)).toBe('              ------(p|)', { p: page('http://any/') });
      expectSubscriptions(net.attempt(a).subscriptions).toBe('       ^-!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('       --^-!');
      expectSubscriptions(net.attempt(c).subscriptions).toBe('       ----^-!');
    }),
  );

  it(
    'pulls from each pipeline only when a slot is free for it',
    marbles(({ transport, expectObservable, expectResults }) => {
      const first = watched('ab');
      const second = watched('cd');
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });

      expectObservable(first.pulls$).toBe('      a---b---E');
      expectObservable(second.pulls$).toBe('     --c---d-E');
      expectResults(fetcher.fetchFrom(first)).toBe(' --a---b-|');
      expectResults(fetcher.fetchFrom(second)).toBe('----a---(b|)');
    }),
  );

  it(
    'completes a pipeline whose array is at its end with its last record, though no slot is free',
    marbles(({ transport, expectResults }) => {
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });

      expectResults(fetcher.fetchFrom([a, b, d])).toBe('--a---b-(c|)');
      expectResults(fetcher.fetchFrom([c])).toBe('       ----(a|)');
      expectResults(fetcher.fetchFrom([])).toBe('        |');
    }),
  );

  it(
    'meets the end of what may grow while it is under way',
    marbles(({ transport, expectResults }) => {
      const growing = [a];
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });
      const crawl$ = fetcher.fetchFrom(growing).pipe(tap(({ index }) => index === 0 && growing.push(b)));

      expectResults(crawl$).toBe('               --a---(b|)');
      expectResults(fetcher.fetchFrom([c])).toBe('----(a|)');
    }),
  );

  it(
    'asks an array that iterates in its own way',
    marbles(({ transport, expectResults }) => {
      const twice = Object.assign([a], { [Symbol.iterator]: () => [b, c].values() });
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });
      expectResults(fetcher.fetchFrom(twice)).toBe('--a-(b|)', { a: { url: b }, b: { url: c } });
    }),
  );

  it(
    'hands the slots of a pipeline that is unsubscribed to the others at once',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ ...routes, [a]: '---------(p|)' });
      const fetcher = createFetcher({ transport: net, concurrency: 1 });
      const unsub = '   ---!';

      expectResults(fetcher.fetchFrom([a, b]), unsub).toBe('   ----');
      expectResults(fetcher.fetchFrom([c])).toBe('             -----(a|)');
      expectSubscriptions(net.attempt(a).subscriptions).toBe(' ^--!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe([]);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(' ---^-!');
    }),
  );

  it(
    'lets others start while a pipeline of it waits for a retry',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ ...routes, [a]: ['-#', '-(p|)'] });
      const fetcher = createFetcher({ transport: net, concurrency: 1, retry: { backoff: () => 4 } });

      expectResults(fetcher.fetchFrom([a])).toBe('             ------(a|)');
      expectResults(fetcher.fetchFrom([b])).toBe('             ---(a|)');
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('   -^-!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('-----^!');
    }),
  );

  it(
    'counts the inputs of each pipeline from 0, in an order of its own',
    marbles(({ transport, expectResults }) => {
      const fetcher = createFetcher({ transport: transport(routes), concurrency: 1 });
      expectResults(fetcher.fetchFrom([a, b]).pipe(inOrder())).toBe('--a---(b|)');
      expectResults(fetcher.fetchFrom([c]).pipe(inOrder(), take(1))).toBe('----(a|)');
    }),
  );

  it(
    'lets a call say its own options, and takes the rest from what it was made with',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-(4|)', [b]: '-----(p|)' });
      const fetcher = createFetcher({ transport: net, retry: false, timeout: 3, acceptStatus: () => true });

      expectResults(fetcher.fetchFrom([a, b])).toBe('-a-(B|)', { a: { ok: true }, B: { kind: 'timeout' } });
      const own = { acceptStatus: (status: number) => status < 300, timeout: 9 };
      expectResults(fetcher.fetchFrom([a, b], own)).toBe('-A---(b|)');
    }),
  );

  it(
    'follows one Observable of the concurrency for all, while any pipeline runs',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const concurrency = hot('12---0-1--', { 0: 0, 1: 1, 2: 2 });
      const net = transport({ [a]: '---(p|)', [b]: '---(p|)', [c]: '---(p|)' });
      const fetcher = createFetcher({ transport: net, concurrency });

      expectResults(fetcher.fetchFrom([a]), '-^').toBe('----(a|)');
      expectResults(fetcher.fetchFrom([b]), '-^').toBe('----(a|)');
      expectResults(fetcher.fetchFrom([c]), '-------^').toBe('----------(a|)');
      expectSubscriptions(concurrency.subscriptions).toBe(['-^--!', '-------^--!']);
    }),
  );

  it(
    'listens to its own signal and to that of the call',
    marbles(({ abortSignal, transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)', [b]: '---------(p|)', [c]: '---------(p|)' });
      const own = { signal: abortSignal('--!') };
      const quiet = { signal: new AbortController().signal };
      const fetcher = createFetcher({ transport: net, signal: abortSignal('----!') });
      const cancelled = { A: { kind: 'cancelled' } } as const;

      expectResults(fetcher.fetchFrom([a], own)).toBe('  --(A|)', cancelled);
      expectResults(fetcher.fetchFrom([b])).toBe('       ----(A|)', cancelled);
      expectResults(fetcher.fetchFrom([c], quiet)).toBe('----(A|)', cancelled);
      expectSubscriptions(net.attempt(a).subscriptions).toBe('^-!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('^---!');
      expectSubscriptions(net.attempt(c).subscriptions).toBe('^---!');
    }),
  );

  it(
    'cancels on close() all that was pulled, whoever pulled it, and frees every slot',
    marbles(({ flush, hot, scheduler, transport, expectObservable, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: '---------(p|)' });
      const fetcher = createFetcher({ transport: net, concurrency: 1 });
      scheduler.schedule(() => {
        fetcher.close();
      }, 3);
      const source = hot('-bc', { b, c });
      const cancelled = { A: { kind: 'cancelled' }, B: { kind: 'cancelled' } } as const;

      expectResults(fetcher.fetchFrom([a, b])).toBe('            ---(A|)', cancelled);
      expectResults(source.pipe(fetcher.fetchEach())).toBe('     ---(AB|)', cancelled);
      expectObservable(fetcher.fetchPage(d)).toBe(
        '---#',
        undefined,
        new FetchError('cancelled', 'GET http://d/: cancelled by fetcher.close() while in the queue'),
      );
      expectSubscriptions(net.attempt(a).subscriptions).toBe('   ^--!');
      expectSubscriptions(source.subscriptions).toBe('           ^--!');
      flush();
      expect(net.log).toHaveLength(1);
    }),
  );

  it(
    'errors for what is subscribed after close()',
    marbles(({ expectObservable, expectResults }) => {
      const fetcher = createFetcher({ transport: () => NEVER });
      const made$ = fetcher.fetchFrom([a]);
      fetcher.close();
      const closed = (caller: string): Error =>
        new Error(`${caller}: this fetcher is closed; make another with createFetcher()`);
      expectResults(made$).toBe('#', {}, closed('fetcher.fetchFrom'));
      expectResults(of(a).pipe(fetcher.fetchEach())).toBe('#', {}, closed('fetcher.fetchEach'));
      expectObservable(fetcher.fetchPage(a)).toBe('#', undefined, closed('fetcher.fetchPage'));
    }),
  );

  it('may be closed twice, and when nothing runs', () => {
    const fetcher = createFetcher();
    fetcher.close();
    expect(() => fetcher.close()).not.toThrow();
  });

  it('runs one pipeline after the other', () => {
    const fetcher = createFetcher({ transport: ({ url }) => of(page(String(url))), concurrency: 1 });
    const sizes: number[] = [];
    for (const inputs of [[a, b], [c], []]) {
      fetcher
        .fetchFrom(inputs)
        .pipe(toBatch())
        .subscribe((batch) => sizes.push(batch.length));
    }
    fetcher
      .fetchFrom([a, b])
      .pipe(take(1), toBatch())
      .subscribe((batch) => sizes.push(batch.length));
    fetcher
      .fetchFrom([a, b, c])
      .pipe(toBatch())
      .subscribe((batch) => sizes.push(batch.length));
    expect(sizes).toEqual([2, 1, 0, 1, 3]);
  });

  it.each(['concurrency', 'lookahead', 'transport', 'scheduler'])(
    'shares `%s`: no call may say it',
    (name) => {
      const fetcher = createFetcher();
      const own = {
        [name]:
          name === 'scheduler' ? { now: () => 0, schedule: () => 0 } : name === 'transport' ? () => NEVER : 1,
      };
      const sentence = `\`${name}\` is shared by all pipelines: give it to createFetcher`;
      expect(() => fetcher.fetchFrom([], own)).toThrow(`fetcher.fetchFrom: ${sentence}`);
      expect(() => fetcher.fetchEach(own)).toThrow(`fetcher.fetchEach: ${sentence}`);
      expect(() => fetcher.fetchPage(a, own)).toThrow(`fetcher.fetchPage: ${sentence}`);
    },
  );

  it('checks options when it is called, and inputs and options of each call', () => {
    expect(() => createFetcher({ concurrency: 0 })).toThrow('createFetcher: expected `concurrency` to be');
    expect(() => createFetcher({ project: () => 1 } as never)).toThrow('give `project` to each pipeline');
    const fetcher = createFetcher();
    expect(() => fetcher.fetchFrom([], { timeout: -1 })).toThrow(
      'fetcher.fetchFrom: expected `timeout` to be',
    );
    expect(() => fetcher.fetchFrom(a as never)).toThrow('fetcher.fetchFrom: expected inputs to be');
    expect(() => fetcher.fetchEach({ timeout: -1 })).toThrow('fetcher.fetchEach: expected `timeout` to be');
    expect(() => fetcher.fetchPage(a, { timeout: -1 })).toThrow(
      'fetcher.fetchPage: expected `timeout` to be',
    );
  });
});
