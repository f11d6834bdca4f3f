import { lastValueFrom, take } from 'rxjs';
import { describe, expect } from 'vitest';
import { fetchFrom } from '../../../lib/creators/fetch-from.js';
import type { FetchEvent } from '../../../lib/model/event.js';
import type { FetchRequest } from '../../../lib/model/request.js';
import type { FetchResult } from '../../../lib/model/result.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { closedPort } from '../../support/servers.js';
import { it, type Web } from '../../support/web.js';

const abortController = leavesNothingBehind();

/** What becomes of each path of {@link site}, in turn. */
const outcomes = {
  '/ok': 'ok',
  '/missing': 'http',
  '/away': 'redirect',
  '/reset': 'network',
  '/huge': 'too-large',
  '/late': 'timeout',
  '/half': 'timeout',
} as const;
const paths = Object.keys(outcomes) as (keyof typeof outcomes)[];

async function site(web: Web): Promise<string> {
  const server = await web.serve(({ url = '' }, response) => {
    switch (url) {
      case '/ok':
        return response.end('ok');
      case '/away':
        return response.writeHead(302, { Location: 'ftp://host/' }).end();
      case '/reset':
        return response.destroy();
      case '/huge':
        return response.end('x'.repeat(2_000));
      case '/late':
        return undefined;
      case '/half':
        return response.write('half');
      default:
        return response.writeHead(404).end();
    }
  });
  return server.url;
}

/** What never comes is not waited for long. */
const request = (base: string, path: keyof typeof outcomes): FetchRequest => ({
  url: base + path,
  timeout: outcomes[path] === 'timeout' ? 200 : 10_000,
});

const kindOf = (result: FetchResult): string => (result.ok ? 'ok' : result.error.kind);

describe('the operators over fetch', () => {
  it.for([1, 7, 64])('give one record for each input at concurrency %i', async (concurrency, { web }) => {
    const base = await site(web);
    const refused = `http://127.0.0.1:${await closedPort()}/`;
    const rounds = 2;
    const wanted = Array.from({ length: rounds }, () => paths).flat();
    const inputs = [...wanted.map((path) => request(base, path)), refused, 'no URL'];
    const records: FetchResult[] = [];
    await new Promise<void>((resolve, reject) => {
      fetchFrom(inputs, {
        transport: web.transport,
        concurrency,
        maxBodyBytes: 1_000,
        retry: false,
      }).subscribe({ next: (record) => records.push(record), error: reject, complete: resolve });
    });
    const kinds = records.sort((a, b) => a.index - b.index).map(kindOf);
    expect(records.map(({ index }) => index)).toEqual(inputs.map((_, index) => index));
    expect(kinds).toEqual([...wanted.map((path) => outcomes[path]), 'connect', 'invalid']);
  });

  it.for([
    ['headers', '/late'],
    ['body', '/half'],
  ] as const)('say that the time went in the %s', async ([phase, path], { web }) => {
    const timeout = { connect: 1, [phase]: 200 }; // connect: never entered, so never too long
    const url = (await site(web)) + path;
    const record = await lastValueFrom(fetchFrom([url], { transport: web.transport, timeout, retry: false }));
    expect(record).toMatchObject({ ok: false, error: { kind: 'timeout', phase } });
  });

  it('retry what broke', async ({ web }) => {
    let asked = 0;
    const server = await web.serve((_request, response) => {
      if (++asked < 3) response.destroy();
      else response.end('at last');
    });
    const [record] = await new Promise<FetchResult[]>((resolve) => {
      const records: FetchResult[] = [];
      fetchFrom([server.url], {
        transport: web.transport,
        retry: { limit: 2, backoff: () => 1 },
      }).subscribe({ next: (each) => records.push(each), complete: () => resolve(records) });
    });
    expect(record).toMatchObject({ ok: true, attempts: 3 });
  });

  it('make records of what is cancelled, and let go of every connection', async ({ web }) => {
    const waiting: (() => void)[] = [];
    const server = await web.serve(() => waiting.shift()?.());
    const controller = abortController();
    const all = new Promise<void>((resolve) =>
      waiting.push(
        () => undefined,
        () => undefined,
        resolve,
      ),
    );
    const records: FetchResult[] = [];
    const done = new Promise<void>((resolve) => {
      fetchFrom(
        Array.from({ length: 9 }, (_, at) => `${server.url}/${at}`),
        {
          transport: web.transport,
          concurrency: 3,
          signal: controller.signal,
        },
      ).subscribe({ next: (record) => records.push(record), complete: resolve });
    });
    await all;
    controller.abort();
    await done;
    expect(records.map(kindOf)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await server.idle();
  });

  it('abort everything where nobody listens any more', async ({ web }) => {
    const server = await web.serve(({ url }, response) => {
      if (url === '/0') response.setHeader('Connection', 'close').end('first');
    });
    const events: FetchEvent[] = [];
    await new Promise<void>((resolve) => {
      fetchFrom(
        Array.from({ length: 9 }, (_, at) => `${server.url}/${at}`),
        { transport: web.transport, concurrency: 3, events: { next: (event) => events.push(event) } },
      )
        .pipe(take(1))
        .subscribe({ complete: resolve });
    });
    expect(events.filter(({ type }) => type === 'settle')).toHaveLength(1);
    await server.idle();
  });
});
