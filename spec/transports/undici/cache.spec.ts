import { gzipSync } from 'node:zlib';
import { cacheStores } from 'undici';
import { describe, expect } from 'vitest';
import { coalesce } from '../../../lib/interceptors/coalesce.js';
import { hedge } from '../../../lib/interceptors/hedge.js';
import type { FetchRequest } from '../../../lib/model/request.js';
import type { FetchResult } from '../../../lib/model/result.js';
import type { FetchOptions } from '../../../lib/pipeline/options.js';
import { undiciTransport } from '../../../lib/transports/undici/index.js';
import { fetchAll, redirectTo, site, withHeaders, type Answer } from '../../support/sites.js';
import { it, type Wire } from '../../support/wire.js';

type Inputs = readonly (string | FetchRequest)[];

/** Fetches one after another with a cache of its own. */
function cached(wire: Wire, inputs: Inputs, options: FetchOptions = {}): Promise<FetchResult[]> {
  const cache = new cacheStores.MemoryCacheStore();
  const transport = undiciTransport({ dispatcher: wire.agent, cache });
  return fetchAll(wire, inputs, [], { transport, ...options });
}

/** What was done for each: `sluice; hit`. */
const statusesOf = (records: readonly FetchResult[]): unknown[] =>
  records.map((record) => (record.ok ? record.value.headers['cache-status'] : record.error.kind));

const fresh = { 'cache-control': 'max-age=60' };
const hit = 'sluice; hit';
const miss = 'sluice; fwd=miss';

describe('the cache', () => {
  it('answers what is fresh, says so, and how old it is', async ({ wire }) => {
    const a = await site(wire, 'host', { '/': withHeaders({ ...fresh, 'content-type': 'text/x' }) });
    const records = await cached(wire, [`${a.url}/`, `${a.url}/`, `${a.url}/#x`]);
    expect(statusesOf(records)).toEqual([miss, hit, hit]);
    const [first, second] = records.map((record) => (record.ok ? record.value : undefined));
    expect(second?.text()).toBe('ok');
    expect(second?.url).toBe(`${a.url}/`);
    expect(first?.headers).not.toHaveProperty('age');
    expect(second?.headers).toMatchObject({ age: expect.stringMatching(/^\d$/), 'content-type': 'text/x' });
    expect(a.asked).toHaveLength(1);
  });

  it('keeps nothing that it may not', async ({ wire }) => {
    const whatFor: [string, Record<string, string>, Record<string, string>][] = [
      ['no-store', { 'cache-control': 'no-store' }, {}],
      ['private: many may share it', { 'cache-control': 'private, max-age=60' }, {}],
      ['no word of freshness', {}, {}],
      ["somebody's cookie", { ...fresh, 'set-cookie': 'id=1' }, {}],
      ['an answer to who has authorization', fresh, { authorization: 'Bearer 1' }],
      ['who asks for no-store', fresh, { 'cache-control': 'no-store' }],
    ];
    for (const [why, answer, headers] of whatFor) {
      const a = await site(wire, 'host', { '/': withHeaders(answer) });
      const request = { url: `${a.url}/`, headers };
      expect(statusesOf(await cached(wire, [request, request])), why).not.toContain(hit);
      expect(a.asked, why).toHaveLength(2);
    }
  });

  it.for([
    ['of as many responses as it may', { maxCount: 4 }],
    ['of as many bytes as it may', { maxSize: 4 * 2 }],
  ])('gives up what was not asked for the longest when it is full %s', async ([, bounds], { wire }) => {
    const cache = new cacheStores.MemoryCacheStore(bounds as object);
    const transport = undiciTransport({ dispatcher: wire.agent, cache });
    const a = await site(
      wire,
      'host',
      Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`/${n}`, withHeaders(fresh)])),
    );
    const ask = async (...paths: number[]): Promise<unknown[]> =>
      statusesOf(
        await fetchAll(
          wire,
          paths.map((path) => `${a.url}/${path}`),
          [],
          { transport },
        ),
      );
    const held = (): number => (cache as unknown as { readonly size: number }).size; // its types do not tell
    for (let path = 1; path < 20; path++) {
      await ask(0, path);
      expect(held()).toBeLessThanOrEqual(4 * 2);
    }
    expect(await ask(0, 19, 18, 3)).toEqual([hit, hit, hit, miss]);
  });

  it('asks whether what is stale still holds', async ({ wire }) => {
    const answer: Answer = (request, response) => {
      const isSame = request.headers['if-none-match'] === '"1"';
      response.writeHead(isSame ? 304 : 200, { 'cache-control': 'no-cache', etag: '"1"' });
      response.end(isSame ? '' : 'one');
    };
    const a = await site(wire, 'if-none-match', { '/': answer });
    const records = await cached(wire, [`${a.url}/`, `${a.url}/`]);
    expect(statusesOf(records)).toEqual([miss, 'sluice; fwd=stale; fwd-status=304']);
    expect(records.map((record) => record.ok && [record.value.status, record.value.text()])).toEqual([
      [200, 'one'],
      [200, 'one'],
    ]);
    expect(a.asked).toEqual(['/ -', '/ "1"']);
  });

  it('takes what is new where it holds no more', async ({ wire }) => {
    let version = 0;
    const answer: Answer = (_request, response) => {
      version++;
      response.writeHead(200, { 'cache-control': 'no-cache', etag: `"${version}"` }).end(`v${version}`);
    };
    const a = await site(wire, 'if-none-match', { '/': answer });
    const records = await cached(wire, [`${a.url}/`, `${a.url}/`, `${a.url}/`]);
    const again = 'sluice; fwd=stale; fwd-status=200';
    expect(statusesOf(records)).toEqual([miss, again, again]);
    expect(records.map((record) => record.ok && record.value.text())).toEqual(['v1', 'v2', 'v3']);
    expect(a.asked).toEqual(['/ -', '/ "1"', '/ "2"']);
  });

  it('is not led astray by a 103 before the 304', async ({ wire }) => {
    const answer: Answer = (request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      const isSame = request.headers['if-none-match'] === '"1"';
      response.writeHead(isSame ? 304 : 200, { 'cache-control': 'no-cache', etag: '"1"' });
      response.end(isSame ? '' : 'one');
    };
    const a = await site(wire, 'host', { '/': answer });
    const records = await cached(wire, [`${a.url}/`, `${a.url}/`]);
    expect(statusesOf(records)).toEqual([miss, 'sluice; fwd=stale; fwd-status=304']);
  });

  it('keeps bodies encoded, redirects, and what differs by a header of the request', async ({ wire }) => {
    const a = await site(wire, 'accept', {
      '/gzip': (_request, response) =>
        response.writeHead(200, { ...fresh, 'content-encoding': 'gzip' }).end(gzipSync('zipped')),
      '/moved': redirectTo('/gzip', fresh, 301),
      '/vary': (request, response) =>
        response.writeHead(200, { ...fresh, vary: 'accept' }).end(request.headers.accept),
    });
    const vary = (accept: string) => ({ url: `${a.url}/vary`, headers: { accept } });
    const inputs = [
      `${a.url}/gzip`,
      `${a.url}/gzip`,
      `${a.url}/moved`,
      `${a.url}/moved`,
      vary('x'),
      vary('y'),
      vary('x'),
    ];
    const records = await cached(wire, inputs);
    expect(statusesOf(records)).toEqual([miss, hit, hit, hit, miss, miss, hit]);
    expect(records.map((record) => record.ok && record.value.text())).toEqual([
      ...Array.from({ length: 4 }, () => 'zipped'),
      'x',
      'y',
      'x',
    ]);
    expect(a.asked.map((line) => line.split(' ')[0])).toEqual(['/gzip', '/moved', '/vary', '/vary']);
  });

  it('leaves other methods alone, and forgets what a POST may have changed', async ({ wire }) => {
    const a = await site(wire, 'host', { '/': withHeaders(fresh) });
    const url = `${a.url}/`;
    const records = await cached(wire, [url, { url, method: 'HEAD' }, { url, method: 'POST' }, url]);
    expect(statusesOf(records)).toEqual([miss, undefined, undefined, miss]);
    expect(a.asked).toHaveLength(4);
  });

  it('answers only-if-cached at once, with 504 where there is nothing', async ({ wire }) => {
    const a = await site(wire, 'host', { '/': withHeaders(fresh) });
    const request = { url: `${a.url}/`, headers: { 'cache-control': 'only-if-cached' } };
    const records = await cached(wire, [request, `${a.url}/`, request]);
    expect(records[0]).toMatchObject({ ok: false, error: { status: 504 } });
    expect(statusesOf(records.slice(1))).toEqual([miss, hit]);
    expect(a.asked).toHaveLength(1);
  });

  it('keeps no body that is larger than may be, or that was cut', async ({ wire }) => {
    let cut = true;
    const a = await site(wire, 'host', {
      '/large': (_request, response) => response.writeHead(200, fresh).end('x'.repeat(100_000)),
      '/cut': (_request, response) => {
        response.writeHead(200, { ...fresh, 'content-length': 10 }).write('12345');
        if (cut) response.socket?.destroySoon();
        else response.end('67890');
        cut = false;
      },
    });
    const inputs = [`${a.url}/large`, `${a.url}/large`, `${a.url}/cut`, `${a.url}/cut`];
    const records = await cached(wire, inputs, { maxBodyBytes: 1_000 });
    expect(statusesOf(records)).toEqual(['too-large', 'too-large', 'network', miss]);
    expect(a.asked).toHaveLength(4);
  });

  it('adds its word to that of the caches before it', async ({ wire }) => {
    const a = await site(wire, 'host', { '/': withHeaders({ ...fresh, 'cache-status': 'cdn; hit' }) });
    expect(statusesOf(await cached(wire, [`${a.url}/`, `${a.url}/`]))).toEqual([
      `cdn; hit, ${miss}`,
      `cdn; hit, ${hit}`,
    ]);
  });

  it('goes together with hedge, coalesce and retries', async ({ wire }) => {
    let answers = 0;
    const a = await site(wire, 'host', {
      '/': (_request, response) => {
        if (++answers === 1) response.writeHead(503).end();
        else response.writeHead(200, fresh).end('ok');
      },
    });
    const inputs = Array.from({ length: 8 }, () => `${a.url}/`);
    const records = await cached(wire, inputs, {
      concurrency: 4,
      interceptors: [hedge({ after: 5_000 }), coalesce()],
      retry: { backoff: () => 0 },
    });
    expect(records.every(({ ok }) => ok)).toBe(true);
    expect(a.asked).toHaveLength(2);
  });

  it('is not there where nobody asks for it', async ({ wire }) => {
    const a = await site(wire, 'host', { '/': withHeaders(fresh) });
    const records = await fetchAll(wire, [`${a.url}/`, `${a.url}/`], []);
    expect(statusesOf(records)).toEqual([undefined, undefined]);
    expect(a.asked).toHaveLength(2);
  });
});
