import type { ServerResponse } from 'node:http';
import type { Observable } from 'rxjs';
import { describe, expect } from 'vitest';
import { createFetcher } from '../../lib/creators/create-fetcher.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { coalesce } from '../../lib/interceptors/coalesce.js';
import { hedge } from '../../lib/interceptors/hedge.js';
import type { FetchResult } from '../../lib/model/result.js';
import { it, type Wire } from '../support/wire.js';

/** A server that answers when it is told to. */
class Reluctant {
  url = '';
  readonly waiting: ServerResponse[] = [];
  most = 0;
  asked = 0;
  /** Answers everything at once from now on. */
  willing = false;

  async open(wire: Wire, host: string): Promise<this> {
    const server = await wire.serve(
      (_request, response) => {
        this.asked++;
        this.waiting.push(response);
        this.most = Math.max(this.most, this.waiting.length);
        if (this.willing) this.answer();
      },
      { host },
    );
    this.url = server.url;
    return this;
  }

  answer(): void {
    for (const response of this.waiting.splice(0)) response.end('ok');
  }

  urls(count: number): string[] {
    return Array.from({ length: count }, (_, n) => `${this.url}/${n}`);
  }
}

/** All records, once the pipeline completes; `onRecord` sees each as it comes. */
function all(
  results$: Observable<FetchResult>,
  onRecord: (record: FetchResult) => void = () => undefined,
): Promise<FetchResult[]> {
  return new Promise((resolve, reject) => {
    const records: FetchResult[] = [];
    results$.subscribe({
      next: (record) => {
        records.push(record);
        onRecord(record);
      },
      error: reject,
      complete: () => resolve(records),
    });
  });
}

describe('hosts on this machine', () => {
  it('a slow host in front does not hold up a fast one', async ({ wire }) => {
    const slow = await new Reluctant().open(wire, '127.1.0.1');
    const fast = await new Reluctant().open(wire, '127.1.0.2');
    fast.willing = true;
    let fastDone = 0;
    const records = await all(
      fetchFrom([...slow.urls(50), ...fast.urls(50)], {
        transport: wire.transport,
        concurrency: 8,
        perHost: { concurrency: 2 },
      }),
      ({ request }) => {
        if (!String(request.url).startsWith(`${fast.url}/`) || ++fastDone < 50) return;
        expect(slow.asked).toBe(2); // they have been waiting all the time
        slow.willing = true;
        slow.answer();
      },
    );
    expect(records).toHaveLength(100);
    expect(records.every(({ ok }) => ok)).toBe(true);
    expect(records.slice(0, 50).every(({ index }) => index >= 50)).toBe(true);
    expect([slow.most, fast.most]).toEqual([2, expect.any(Number)]);
    expect(fast.most).toBeLessThanOrEqual(2);
  });

  it('sixty hosts, of which every third is stuck, do not hold each other up', async ({ wire }) => {
    const hosts = await Promise.all(
      Array.from({ length: 60 }, (_, n) => new Reluctant().open(wire, `127.2.${n % 7}.${n + 1}`)),
    );
    for (const [n, host] of hosts.entries()) host.willing = n % 3 !== 0;
    const well = hosts.filter(({ willing }) => willing);
    let left = well.length * 5;
    const inputs = Array.from({ length: 5 }, (_, n) => hosts.map(({ url }) => `${url}/${n}`)).flat();
    const records = await all(
      fetchFrom(inputs, { transport: wire.transport, concurrency: 24, perHost: { concurrency: 1 } }),
      () => {
        if (--left > 0) return;
        for (const host of hosts) {
          host.willing = true;
          host.answer();
        }
      },
    );
    expect(records.filter(({ ok }) => ok)).toHaveLength(300);
    expect(hosts.map(({ most }) => most)).toEqual(hosts.map(() => 1));
  });

  it('a Retry-After of nothing is asked again at once, and counted', async ({ wire }) => {
    let asked = 0;
    const server = await wire.serve((_request, response) => {
      response.writeHead(asked++ === 0 ? 429 : 200, { 'retry-after': '0' }).end();
    });
    const [record] = await all(
      fetchFrom([server.url], { transport: wire.transport, retry: { backoff: () => 0 } }),
    );
    expect(record).toMatchObject({ ok: true, attempts: 2 });
  });

  it('pipelines of one fetcher keep to the limit of a host together', async ({ wire }) => {
    const host = await new Reluctant().open(wire, '127.3.0.1');
    const fetcher = createFetcher({ transport: wire.transport, perHost: { concurrency: 3 } });
    const both = [all(fetcher.fetchFrom(host.urls(20))), all(fetcher.fetchFrom(host.urls(20)))];
    host.willing = true;
    const records = (await Promise.all(both)).flat();
    expect(records.filter(({ ok }) => ok)).toHaveLength(40);
    expect(host.most).toBeLessThanOrEqual(3);
  });

  it('duplicates are one request', async ({ wire }) => {
    let asked = 0;
    const server = await wire.serve((_request, response) => {
      asked++;
      response.end('once');
    });
    const records = await all(
      fetchFrom(
        Array.from({ length: 20 }, () => server.url),
        {
          transport: wire.transport,
          concurrency: 4,
          interceptors: [coalesce()],
        },
      ),
    );
    expect(records.map((record) => record.ok && record.value.text())).toEqual(records.map(() => 'once'));
    expect(asked).toBe(1);
  });

  it('a hedge gets the answer, and the connection of the slow attempt is closed', async ({ wire }) => {
    const stuck: ServerResponse[] = [];
    const closed = new Promise<void>((resolve) => {
      void wire
        .serve((_request, response) => {
          if (stuck.length > 0) {
            response.end('second');
            return;
          }
          stuck.push(response);
          response.on('close', resolve);
        })
        .then(async ({ url }) => {
          const [record] = await all(
            fetchFrom([url], { transport: wire.transport, interceptors: [hedge({ after: 1 })] }),
          );
          expect(record).toMatchObject({ ok: true, attempts: 1 });
          expect(record?.ok === true && record.value.text()).toBe('second');
        });
    });
    await closed;
  });
});
