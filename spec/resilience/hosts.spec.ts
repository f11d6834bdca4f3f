import { asyncScheduler, map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { fetchEach } from '../../lib/operators/fetch-each.js';
import { page } from '../../lib/testing/index.js';
import type { Transport } from '../../lib/transports/transport.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { watchStarts } from './starts.js';

const [a1, a2, a3] = ['http://a/1', 'http://a/2', 'http://a/3'] as const;
const [b1, b2, b3] = ['http://b/1', 'http://b/2', 'http://b/3'] as const;

/** The same diagram at every URL. */
const at = (urls: readonly string[], diagram: string): Record<string, string> =>
  Object.fromEntries(urls.map((url) => [url, diagram]));

/** `slow` answers in 60 ms, everybody else in 2. */
const slowAndFast: Transport = ({ url }) =>
  timer(String(url).includes('slow') ? 60 : 2, asyncScheduler).pipe(map(() => page(String(url))));

const fifty = (host: string): string[] => Array.from({ length: 50 }, (_, n) => `http://${host}/${n}`);

describe('perHost.concurrency', () => {
  it.each([
    ['fetchFrom', (urls: string[], options: object) => fetchFrom(urls, options)],
    ['fetchEach', (urls: string[], options: object) => of(...urls).pipe(fetchEach(options))],
  ])('lets a fast host finish while a slow one in front of it is still queued: %s', (_name, results) => {
    marbles(({ scheduler, flush }) => {
      const settled: string[] = [];
      let fastDone = 0;
      const options = { transport: slowAndFast, concurrency: 8, perHost: { concurrency: 2 } };
      results([...fifty('slow'), ...fifty('fast')], options).subscribe(({ request: { url } }) => {
        settled.push(String(url));
        if (settled.length === 50) fastDone = scheduler.now();
      });
      flush();
      expect(settled).toEqual([...fifty('fast'), ...fifty('slow')]);
      expect(fastDone).toBe(50); // 25 rounds of 2, each 2 ms: before the slow host has answered at all
    })();
  });

  it(
    'is what does it: without a limit the slow host takes every slot',
    marbles(({ flush }) => {
      const settled: string[] = [];
      fetchFrom([...fifty('slow'), ...fifty('fast')], { transport: slowAndFast, concurrency: 8 }).subscribe(
        ({ request: { url } }) => settled.push(String(url)),
      );
      flush();
      expect(settled.slice(0, 48)).toEqual(fifty('slow').slice(0, 48));
    }),
  );

  it(
    'keeps each host at its limit, in the order of its inputs',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ ...at([b1, b2], '--(p|)'), [a1]: '-----(p|)', [a2]: '-(p|)', [a3]: '-(p|)' });
      const inputs = [a1, a2, a3, b1, b2];

      expectResults(fetchFrom(inputs, { transport: net, perHost: { concurrency: 1 } })).toBe('--d-eab(c|)');
      expectSubscriptions(net.attempt(a1).subscriptions).toBe('^----!');
      expectSubscriptions(net.attempt(a2).subscriptions).toBe('-----^!');
      expectSubscriptions(net.attempt(a3).subscriptions).toBe('------^!');
      expectSubscriptions(net.attempt(b1).subscriptions).toBe('^-!');
      expectSubscriptions(net.attempt(b2).subscriptions).toBe('--^-!');
    }),
  );

  it(
    'gives free slots to the hosts in turn',
    marbles(({ cold, transport, expectObservable, expectResults }) => {
      const net = transport(at([a1, a2, a3, b1, b2, b3], '------(p|)'));
      const { events, starts$ } = watchStarts();
      const concurrency = cold('21', { 1: 1, 2: 2 });
      const starts = '   (ad)--b-----e-----c-----f';
      const expected = ' ------(ad)--b-----e-----c-----(f|)';

      expectObservable(starts$).toBe(starts);
      expectResults(
        fetchFrom([a1, a2, a3, b1, b2, b3], {
          transport: net,
          concurrency,
          perHost: { concurrency: 1 },
          events,
        }),
      ).toBe(expected);
    }),
  );

  it(
    'does not let a host that stands first take what another waits for',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ ...at([a1, a2, a3], '---(p|)'), [b1]: '-(p|)', [b2]: '-(p|)' });
      const options = { transport: net, concurrency: 2, perHost: { concurrency: 1 } };

      expectResults(fetchFrom([a1, a2, a3, b1, b2], options)).toBe('-dea--b--(c|)');
      expectSubscriptions(net.attempt(b2).subscriptions).toBe('-^!');
    }),
  );
});

describe('perHost.delay', () => {
  it(
    'spaces the starts at one host and leaves others alone',
    marbles(({ transport, expectObservable, expectResults }) => {
      const net = transport(at([a1, a2, a3, b1, b2], '-(p|)'));
      const { events, starts$ } = watchStarts();
      const inputs = [a1, a2, a3, b1, b2];

      expectObservable(starts$).toBe('(ad)----(be)----c');
      expectResults(fetchFrom(inputs, { transport: net, perHost: { delay: 8 }, events })).toBe(
        '-(ad)----(be)----(c|)',
      );
    }),
  );

  it(
    'is not forgotten while the host has nothing in line',
    marbles(({ hot, transport, expectResults, expectSubscriptions }) => {
      const net = transport(at([a1, a2], '-(p|)'));
      const source = hot('a--b----------|', { a: a1, b: a2 });
      const expected = '  -a----b-------|';
      const second = '    -----^!';

      expectResults(source.pipe(fetchEach({ transport: net, perHost: { delay: 5 } }))).toBe(expected);
      expectSubscriptions(net.attempt(a2).subscriptions).toBe(second);
    }),
  );

  it(
    'is spaced between retries, too',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a1]: ['-#', '-(p|)'], [a2]: '-(p|)' });
      const options = { transport: net, perHost: { delay: 4 }, retry: { backoff: () => 0 } };

      expectResults(fetchFrom([a1, a2], options)).toBe('-----a---(b|)');
      expectSubscriptions(net.attempt(a1, 2).subscriptions).toBe('----^!');
      expectSubscriptions(net.attempt(a2).subscriptions).toBe('--------^!');
    }),
  );

  it(
    'holds no slot while a host waits',
    marbles(({ transport, expectResults }) => {
      const net = transport({ ...at([a1, a2], '-(p|)'), ...at([b1, b2], '--(p|)') });
      const options = { transport: net, concurrency: 1, perHost: { delay: 4 } };

      expectResults(fetchFrom([a1, a2, b1, b2], options)).toBe('-a-c-b-(d|)');
    }),
  );
});

describe('perHost.rate', () => {
  it(
    'bounds the starts of each host within its time, exactly',
    marbles(({ transport, expectObservable, expectResults }) => {
      const urls = [a1, a2, a3, b1, b2, b3];
      const net = transport(at(urls, '-(p|)'));
      const { events, starts$ } = watchStarts();
      const starts = '  (abde)----(cf)';
      const expected = '-(abde)----(cf|)';

      expectObservable(starts$).toBe(starts);
      expectResults(
        fetchFrom(urls, { transport: net, perHost: { rate: { limit: 2, per: 10 } }, events }),
      ).toBe(expected);
    }),
  );
});

describe('perHost.key', () => {
  it(
    'makes requests share limits whose keys are the same',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const urls = ['http://x.a/', 'http://y.a/', 'http://x.b/'];
      const net = transport(at(urls, '------(p|)'));
      const key = ({ url }: { url: string | URL }): string => new URL(url).hostname.slice(-1);

      expectResults(fetchFrom(urls, { transport: net, perHost: { concurrency: 1, key } })).toBe(
        '------(ac)--(b|)',
      );
      expectSubscriptions(net.attempt('http://y.a/').subscriptions).toBe('------^-----!');
    }),
  );

  it(
    'that throws makes a failure of its input, which costs no slot',
    marbles(({ transport, expectResults }) => {
      const net = transport(at([a1, b1, b2], '--(p|)'));
      const key = ({ url }: { url: string | URL }): string => {
        if (String(url) === b1) throw new Error('no key');
        return 'any';
      };
      const options = { transport: net, concurrency: 1, perHost: { key } };

      expectResults(fetchFrom([b1, a1, b2], options)).toBe('A-b-(c|)', {
        A: { ok: false, kind: 'project', attempts: 0, url: b1 },
      });
    }),
  );

  it.each([undefined, 5, Symbol('host'), { toString: null }])(
    'that is no string makes a failure of its input: %s',
    (given) => {
      marbles(({ transport, expectResults }) => {
        const net = transport({ [a1]: '-#' });
        const key = (): string => given as never;
        const options = { transport: net, perHost: { key }, circuit: { threshold: 1 } };

        expectResults(fetchFrom([a1, a1], options)).toBe('(AB|)', {
          A: { ok: false, kind: 'project', attempts: 0 },
          B: { ok: false, kind: 'project', attempts: 0 },
        });
      })();
    },
  );
});

describe('lookahead', () => {
  it(
    'bounds what is held while a host is busy',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('aaaab');
      const net = transport({ 'http://a/': '------(p|)', 'http://b/': '-(p|)' });
      const pulls = '   (aaa)-a-----(bE)';
      const expected = '------a-----be----c-----(d|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectResults(
        fetchFrom(inputs, { transport: net, concurrency: 4, perHost: { concurrency: 1 }, lookahead: 2 }),
      ).toBe(expected);
    }),
  );

  it(
    'of 0 holds one at most, as somebody must be asked whether it may start',
    marbles(({ transport, expectObservable, expectResults }) => {
      const inputs = watched('aaab');
      const net = transport({ 'http://a/': '------(p|)', 'http://b/': '-(p|)' });

      expectObservable(inputs.pulls$).toBe(' (aa)--a-----(bE)');
      expectResults(
        fetchFrom(inputs, { transport: net, concurrency: 4, perHost: { concurrency: 1 }, lookahead: 0 }),
      ).toBe('------a-----bd----(c|)');
    }),
  );
});
