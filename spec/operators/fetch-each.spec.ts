import { EMPTY, from, map, NEVER, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { urlOf } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';
const urls = { a, b, c };
const routes = { [a]: '--(p|)', [b]: '--(p|)', [c]: '--(p|)' };

describe('fetchEach', () => {
  it(
    'fetches every URL that its source emits, as it comes',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const source = hot(' -a--b-c----|', urls);
      const subs = '       ^----------!';
      const fetchA = '     -^-!';
      const fetchB = '     ----^-!';
      const fetchC = '     ------^-!';
      const expected = '   ---a--b-c--|';

      expectResults(source.pipe(fetchEach({ transport: net }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'queues what comes too fast, and starts it in the order it came',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const source = hot(' -abc|', urls);
      const subs = '       ^---!';
      const fetchA = '     -^-!';
      const fetchB = '     ---^-!';
      const fetchC = '     -----^-!';
      const expected = '   ---a-b-(c|)';

      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 1 }))).toBe(expected, {
        a: { index: 0, waited: 0, duration: 2 },
        b: { index: 1, waited: 1, duration: 2 },
        c: { index: 2, waited: 2, duration: 2 },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe(fetchC);
    }),
  );

  it(
    'emits records in the order in which they settle, failures among them',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-----(p|)', [b]: '--#', [c]: '---(4|)' });
      const options = { transport: net, retry: false } as const;

      expectResults(of(a, b, c).pipe(fetchEach(options))).toBe('--BC-(a|)', {
        B: { index: 1, ok: false, kind: 'network', url: b },
        C: { index: 2, ok: false, kind: 'http', url: c },
        a: { index: 0, ok: true, url: a },
      });
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ cold, transport, expectResults, expectSubscriptions }) => {
      const net = transport({});
      const source = cold('---|');

      expectResults(source.pipe(fetchEach({ transport: net }))).toBe('---|');
      expectResults(EMPTY.pipe(fetchEach({ transport: net }))).toBe(' |');
      expectSubscriptions(source.subscriptions).toBe('               ^--!');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ transport, expectResults }) => {
      expectResults(NEVER.pipe(fetchEach({ transport: transport({}) }))).toBe('-');
    }),
  );

  it(
    'does not complete while its source may emit more',
    marbles(({ hot, transport, expectResults }) => {
      const source = hot('-a---', urls);
      expectResults(source.pipe(fetchEach({ transport: transport(routes) }))).toBe('---a---');
    }),
  );

  it(
    'passes an error of the source on when what was received has settled, queued inputs too',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const source = hot(' -ab#', urls, 'the source broke');
      const subs = '       ^--!';
      const fetchA = '     -^-!';
      const fetchB = '     ---^-!';
      const expected = '   ---a-(b#)';

      expectResults(source.pipe(fetchEach({ transport: net, concurrency: 1 }))).toBe(
        expected,
        {},
        'the source broke',
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
    }),
  );

  it(
    'errors at once with a source that errors at once',
    marbles(({ expectResults }) => {
      const source = throwError(() => 'broken from the start');
      expectResults(source.pipe(fetchEach())).toBe('#', {}, 'broken from the start');
    }),
  );

  it(
    'aborts what is in flight and leaves its source when it is unsubscribed',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const source = hot(' -a-b--c--|', urls);
      const unsub = '      ----!';
      const subs = '       ^---!';
      const fetchA = '     -^-!';
      const fetchB = '     ---^!';
      const expected = '   ---a-';

      expectResults(source.pipe(fetchEach({ transport: net })), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(fetchA);
      expectSubscriptions(net.attempt(b).subscriptions).toBe(fetchB);
      expectSubscriptions(net.attempt(c).subscriptions).toBe([]);
    }),
  );

  it(
    'does nothing before it is subscribed, and begins anew with each subscription',
    marbles(({ cold, flush, transport, expectResults, expectSubscriptions }) => {
      const net = transport(routes);
      const source = cold('a|', urls);
      const results$ = source.pipe(fetchEach({ transport: net }));

      flush();
      expect(net.log).toEqual([]);
      expectResults(results$, '    ^-----').toBe(' --(a|)');
      expectResults(results$, '    ---^--').toBe(' -----(a|)');
      expectSubscriptions(source.subscriptions).toBe(['^!', '---^!']);
      expectSubscriptions(net.attempt(a).subscriptions).toBe(['^-!', '---^-!']);
    }),
  );

  it(
    'fetches a URL that is pushed while a record is handed on, as a crawler does',
    marbles(({ scheduler, transport, expectObservable, expectSubscriptions }) => {
      const net = transport(routes);
      const source = new Subject<string>();
      const next = ['b', 'c'];
      const letters$ = source.pipe(
        fetchEach({ transport: net, concurrency: 1 }),
        map(({ request }) => {
          const letter = next.shift();
          if (letter === undefined) source.complete();
          else source.next(urlOf(letter));
          return new URL(String(request.url)).hostname;
        }),
      );

      expectObservable(letters$).toBe('-----a-b-(c|)');
      expectSubscriptions(net.attempt(c).subscriptions).toBe('-------^-!');
      scheduler.schedule(() => source.next(a), 3);
    }),
  );

  it('takes synchronous answers without end, and no stack', () => {
    const count = 20_000;
    const answer = page('http://cached/');
    let settled = 0;
    from(Array.from({ length: count }, () => 'http://cached/'))
      .pipe(fetchEach({ transport: () => of(answer), concurrency: 1 }))
      .subscribe(({ index }) => {
        if (index === settled) settled++;
      });
    expect(settled).toBe(count);
  });

  it('reads no further in a synchronous source once nobody listens', () => {
    const read: string[] = [];
    function* reading(): Generator<string> {
      for (const url of [a, b, c]) {
        read.push(url);
        yield url;
      }
    }
    from(reading())
      .pipe(fetchEach({ transport: () => of(page(a)) }), take(1))
      .subscribe();
    expect(read).toEqual([a]);
  });

  it('settles an input that cannot be fetched as a failure, whatever it is', () => {
    const kinds: unknown[] = [];
    of('', 'no scheme', null as unknown as string)
      .pipe(fetchEach(), toBatch())
      .subscribe((batch) => kinds.push(...batch.map((result) => (result.ok ? 'ok' : result.error.kind))));
    expect(kinds).toEqual(['invalid', 'invalid', 'invalid']);
  });

  it(
    'makes a failure of a project that throws, and goes on',
    marbles(({ transport, expectResults }) => {
      const net = transport(routes);
      const project = ({ url, status }: Page): number => {
        if (url === a) throw new FetchError('unknown', 'no');
        return status;
      };
      expectResults(of(a, b).pipe(fetchEach({ transport: net, project, concurrency: 1 }))).toBe('--A-(b|)', {
        A: { index: 0, kind: 'project' },
        b: { index: 1, value: 200 },
      });
    }),
  );

  it('checks its options when it is called, not when it is subscribed', () => {
    expect(() => fetchEach({ concurrency: 0 })).toThrow(
      'fetchEach: expected `concurrency` to be an integer from 1 up, or an Observable of them, got `0` (number)',
    );
  });
});
