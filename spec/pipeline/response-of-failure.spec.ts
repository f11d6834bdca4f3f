import { lastValueFrom, switchMap } from 'rxjs';
import { afterAll, describe, expect } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchError } from '../../lib/model/fetch-error.js';
import type { FetchFailure } from '../../lib/model/result.js';
import { recordLine, runStatistics } from '../../lib/observe/report/index.js';
import { failures } from '../../lib/operators/failures.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import type { Transport } from '../../lib/transports/transport.js';
import { fetchTransport } from '../../lib/transports/fetch/index.js';
import { marbles } from '../support/marbles.js';
import { it, openHandles, type Wire } from '../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

/** Redirects to a page whose body goes wrong, each in its own way. */
async function startSite(wire: Wire): Promise<string> {
  const { url } = await wire.serve(({ url: path = '' }, response) => {
    response.setHeader('connection', 'close'); // the platform's fetch would keep it
    if (path.startsWith('/to-')) response.writeHead(302, { location: `/${path.slice(4)}` }).end();
    else if (path === '/garbled') response.writeHead(203, { 'content-encoding': 'gzip' }).end('no gzip');
    else if (path === '/huge') response.writeHead(203).end('x'.repeat(5_000));
    else {
      response.writeHead(203, { 'content-length': 5 }).write('x');
      if (path === '/cut') setImmediate(() => response.destroy());
    }
  });
  return url.replace(/\/$/, '');
}

async function failureOf(url: string, options: FetchOptions<unknown>): Promise<FetchFailure> {
  const [result] = await lastValueFrom(fetchFrom([url], { retry: false, ...options }).pipe(toBatch()));
  if (!result || result.ok) throw new Error(`${url} did not fail`);
  return result;
}

const transports = [
  ['undici', ({ transport }: Wire): Transport => transport],
  ['fetch', () => fetchTransport()],
] as const;

describe.for(transports)('a failure after the head of a response (%s)', ([, transportOf]) => {
  it.for([
    ['garbled', {}],
    ['huge', { maxBodyBytes: 1_000 }],
    ['cut', {}],
    ['late', { timeout: { body: 1 } }],
  ] as const)('knows status and final URL: %s', async ([path, options], { wire }) => {
    const site = await startSite(wire);
    const statistics = runStatistics();
    const record = await failureOf(`${site}/to-${path}`, {
      transport: transportOf(wire),
      events: statistics,
      ...options,
    });
    const response = { url: `${site}/${path}`, status: 203 };
    expect(record.error).toMatchObject({ phase: 'body', response });
    expect(record.error.status).toBeUndefined();
    expect(recordLine(record)).toMatchObject({ ok: false, ...response });
    expect(statistics.snapshot().statuses).toEqual([{ status: 203, count: 1 }]);
  });

  it('knows them of what is cut off while its body comes', async ({ wire }) => {
    const site = await startSite(wire);
    const abortion = new AbortController();
    const { error } = await failureOf(`${site}/late`, {
      transport: transportOf(wire),
      signal: abortion.signal,
      events: {
        next({ type }) {
          if (type === 'response') setImmediate(() => abortion.abort());
        },
      },
    });
    expect(error).toMatchObject({ kind: 'cancelled', response: { url: `${site}/late`, status: 203 } });
  });

  it('knows them of a page that `project` cannot read', async ({ wire }) => {
    const site = await startSite(wire);
    const { error } = await failureOf(`${site}/huge`, {
      transport: transportOf(wire),
      project: () => {
        throw new Error('too long for me');
      },
    });
    expect(error).toMatchObject({ kind: 'project', response: { url: `${site}/huge`, status: 203 } });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ response: { status: 203 } });
  });
});

describe('a time limit', () => {
  it.for([
    ['chb', 20, { url: 'http://a/', status: 200 }],
    ['ch-', 20, undefined],
  ] as const)('that is over after %s knows what had come of the response', ([drawn, ms, response]) => {
    for (const timeout of [ms, { total: ms }])
      marbles(({ transport, flush }) => {
        const errors: FetchError[] = [];
        const net = transport({ 'http://a/': `${drawn}----------------------(p|)` });
        fetchFrom(['http://a/'], { transport: net, timeout, retry: false })
          .pipe(failures())
          .subscribe(({ error }) => errors.push(error));
        flush();
        expect(errors.map((error) => [error.kind, error.response])).toEqual([['timeout', response]]);
      })();
  });
});

describe('a failure without a response', () => {
  it('has none, not even that of another fetch of its attempt', async ({ wire }) => {
    const site = await startSite(wire);
    const closed = await wire.serveRaw((socket) => socket.destroy());
    const { error } = await failureOf(closed.url, {
      transport: wire.transport,
      interceptors: [(request, next) => next({ url: `${site}/huge` }).pipe(switchMap(() => next(request)))],
    });
    expect(error.kind).toBe('network');
    expect(error.response).toBeUndefined();
  });

  it('has none where an earlier attempt had one', async ({ wire }) => {
    let count = 0;
    const server = await wire.serve((request, response) => {
      if (count++ > 0) request.socket.destroy();
      else {
        response.writeHead(200, { 'content-length': 5 }).write('x');
        setImmediate(() => response.destroy());
      }
    });
    const record = await failureOf(server.url, {
      transport: wire.transport,
      retry: { limit: 1, backoff: () => 0 },
    });
    expect(record).toMatchObject({ attempts: 2, error: { kind: 'network' } });
    expect(recordLine(record).status).toBeUndefined();
  });
});
