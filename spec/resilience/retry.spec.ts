import { defer, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import type { FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';

/** Hosts that refuse connections, hosts that answer, and how often each was asked. */
class Net {
  readonly asked = new Map<string, number>();

  constructor(private readonly down: (host: string, attempt: number) => boolean) {}

  readonly transport = ({ url }: FetchRequest): Observable<Page> => {
    const { host } = new URL(url);
    const attempt = (this.asked.get(host) ?? 0) + 1;
    this.asked.set(host, attempt);
    const refused = new FetchError('connect', `${host} refused`, { retryable: true });
    return this.down(host, attempt) ? throwError(() => refused) : of(page(String(url)));
  };
}

const times = (count: number, host: string): string[] =>
  Array.from({ length: count }, (_, n) => `http://${host}/${n}`);

describe('retry.on', () => {
  it(
    'alone decides, methods included: a POST is repeated when it says so',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '-(p|)'] });
      const retry = { on: () => true, backoff: () => 2 };
      expectResults(fetchFrom([{ url: a, method: 'POST' }], { transport: net, retry })).toBe('----(a|)', {
        a: { ok: true, attempts: 2 },
      });
    }),
  );

  it(
    'alone decides: a GET whose failure could be helped is not repeated when it says no',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: ['-#', '-(p|)'] });
      expectResults(fetchFrom([a], { transport: net, retry: { on: () => false } })).toBe('-(A|)', {
        A: { kind: 'network', attempts: 1 },
      });
    }),
  );

  it(
    'is asked of failures that nothing would help by itself, a 404 and a `project` that threw',
    marbles(({ transport, expectResults }) => {
      const asked: unknown[] = [];
      const net = transport({ [a]: '-(4|)', [b]: '-(p|)' });
      const on = (error: FetchError, request: FetchRequest): boolean => {
        asked.push([error.kind, error.status, request.url]);
        return asked.length < 3;
      };
      const project = (): never => {
        throw new Error('not yet');
      };
      expectResults(
        fetchFrom([a, b], { transport: net, project, retry: { on, limit: 1, backoff: () => 3 } }),
      ).toBe('-----(AB|)', { A: { kind: 'http', attempts: 2 }, B: { kind: 'project', attempts: 2 } });
      expect(asked).toEqual([]);
    }),
  );

  it(
    'that throws makes a failure of its input, and the others go on',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [a]: '-#', [b]: '--(p|)' });
      const on = (): boolean => {
        throw new Error('cannot say');
      };
      expectResults(fetchFrom([a, b], { transport: net, retry: { on } })).toBe('-A(b|)', {
        A: { kind: 'project', attempts: 1 },
      });
    }),
  );
});

describe('retry.budget', () => {
  it(
    'keeps what a host that is down costs below a quarter more, while one that is well keeps its own',
    marbles(({ flush }) => {
      // one in ten of the first attempts at `flaky` fails
      const net = new Net((host, attempt) => host === 'down' || (attempt <= 400 && attempt % 10 === 1));
      const records: FetchResult[] = [];
      const inputs = times(400, 'down').flatMap((url, n) => [url, `http://flaky/${n}`]);
      fetchFrom(inputs, { transport: net.transport, retry: { backoff: () => 1 } }).subscribe((record) =>
        records.push(record),
      );
      flush();
      expect(records).toHaveLength(800);
      expect(net.asked.get('down')).toBe(490); // 400, a fifth of that, and 10
      const flaky = records.filter(({ request }) => String(request.url).includes('flaky'));
      expect(flaky.every(({ ok }) => ok)).toBe(true);
      expect(flaky.some(({ attempts }) => attempts > 1)).toBe(true);
    }),
  );

  it(
    'says so in the message of what it did not repeat',
    marbles(({ flush }) => {
      const net = new Net(() => true);
      const records: FetchResult[] = [];
      fetchFrom(times(40, 'down'), { transport: net.transport, retry: { backoff: () => 1 } }).subscribe(
        (record) => records.push(record),
      );
      flush();
      const spared = records.filter(({ attempts }) => attempts === 1);
      expect(spared.length).toBeGreaterThan(0);
      for (const record of spared) {
        expect(record.ok ? '' : record.error.message).toContain('retry.budget');
        expect(record.ok ? '' : record.error.kind).toBe('connect');
      }
    }),
  );

  it(
    'of Infinity retries as often as `limit` says',
    marbles(({ flush }) => {
      const net = new Net(() => true);
      const records: FetchResult[] = [];
      fetchFrom(times(150, 'down'), {
        transport: net.transport,
        concurrency: 150,
        retry: { limit: 2, budget: Infinity, backoff: () => 1 },
      }).subscribe((record) => records.push(record));
      flush();
      expect(net.asked.get('down')).toBe(450);
      expect(records.every(({ attempts }) => attempts === 3)).toBe(true);
    }),
  );

  it(
    'of 0 leaves each host ten retries',
    marbles(({ flush }) => {
      const net = new Net(() => true);
      fetchFrom([...times(100, 'down'), ...times(100, 'too')], {
        transport: net.transport,
        retry: { budget: 0, backoff: () => 1 },
      }).subscribe();
      flush();
      expect(Object.fromEntries(net.asked)).toEqual({ down: 110, too: 110 });
    }),
  );

  it(
    'is not spent by what `on` declines',
    marbles(({ flush }) => {
      const net = new Net((_host, attempt) => attempt <= 100);
      const records: FetchResult[] = [];
      const on = (_error: FetchError, { method }: FetchRequest): boolean => method !== 'POST';
      const inputs = times(90, 'a').map((url) => ({ url, method: 'POST' }));
      fetchFrom([...inputs, ...times(20, 'a')], {
        transport: net.transport,
        concurrency: 1,
        retry: { budget: 0, on, backoff: () => 1 },
      }).subscribe((record) => records.push(record));
      flush();
      expect(records.filter(({ ok }) => ok)).toHaveLength(20);
    }),
  );
});

describe('a retry', () => {
  it(
    'holds no slot while it waits',
    marbles(({ transport, expectResults, expectSubscriptions }) => {
      const net = transport({ [a]: ['-#', '-(p|)'], [b]: '-(p|)' });
      const retry = { limit: 1, backoff: () => 5 };
      expectResults(fetchFrom([a, b], { transport: net, concurrency: 1, retry })).toBe('--b----(a|)');
      expectSubscriptions(net.attempt(a, 1).subscriptions).toBe('^!');
      expectSubscriptions(net.attempt(b).subscriptions).toBe('   -^!');
      expectSubscriptions(net.attempt(a, 2).subscriptions).toBe('------^!');
    }),
  );

  it(
    'goes before what is in line at its host when its time has come',
    marbles(({ transport, expectResults }) => {
      const net = transport({ [`${a}1`]: ['-#', '-(p|)'], [`${a}2`]: '---(p|)', [`${a}3`]: '-(p|)' });
      const options = { transport: net, perHost: { concurrency: 1 }, retry: { backoff: () => 2 } };
      expectResults(fetchFrom([`${a}1`, `${a}2`, `${a}3`], options)).toBe('----ba(c|)');
    }),
  );

  it(
    'is not lost when all fail in the call that starts them',
    marbles(({ flush }) => {
      let asked = 0;
      const settled: number[] = [];
      const broken = new FetchError('network', 'broke', { retryable: true });
      const transport = (): Observable<Page> =>
        defer(() => (asked++ % 2 === 0 ? throwError(() => broken) : of(page(a))));
      fetchFrom(times(1_000, 'a'), {
        transport,
        concurrency: 1,
        retry: { limit: 5, budget: Infinity, backoff: () => 0 },
      }).subscribe(({ index, ok }) => settled.push(ok ? index : -1));
      flush();
      expect(settled.sort((x, y) => x - y)).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    }),
  );
});
