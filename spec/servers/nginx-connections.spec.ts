import { readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { toFile } from 'sluice/sinks';
import { describe, expect, vi } from 'vitest';
import { leavesNothingBehind } from '../support/leaks.js';
import { it } from '../support/net.js';
import { nginxPath } from '../support/nginx.js';
import { noise } from '../support/noise.js';
import { countSends } from '../support/sends.js';
import { onHead } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import {
  attemptsOf,
  batch,
  ca,
  header,
  kinds,
  observer,
  outcome,
  secure,
  serving,
  text,
  urls,
} from './run.js';

/** Of what a test waits for. */
const patience = { timeout: 10_000 };

/** Keeps this process busy for so many ms. */
function hold(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe.skipIf(nginxPath === undefined)('an nginx that closes connections', { timeout: 60_000 }, () => {
  leavesNothingBehind();

  it('answers each URL once, though it closes its connections after three requests', async () => {
    const nginx = await serving({ files: { '/a.txt': text }, server: () => 'keepalive_requests 3;' });
    const sends = countSends();
    const results = await batch(urls(3_000, `${nginx.url}/a.txt`), { retry: false });
    expect(kinds(results, outcome)).toEqual([200]);
    expect(sends.count).toBe(3_000); // it says so, and nobody asks in vain
  });

  it('answers each URL once, though it closes connections in the moment they are used again', async () => {
    const nginx = await serving({ files: { '/a.txt': 'page' }, server: () => 'keepalive_timeout 300ms;' });
    // undici looks whether an idle connection is still open, and writes: between the two this process is busy
    let reused = 0;
    const sends = countSends(({ bytesRead }) => {
      if (bytesRead > 0 && reused++ % 500 === 0) hold(600);
    });
    const results = await batch(urls(3_000, `${nginx.url}/a.txt`), {
      retry: { limit: 3, backoff: () => 1 },
    });
    expect(kinds(results, outcome)).toEqual([200]);
    expect(kinds(results, (result) => result.ok && result.value.text())).toEqual(['page']);
    expect(sends.count).toBeGreaterThan(attemptsOf(results)); // what met a closed connection was sent again, uncounted
    expect(attemptsOf(results)).toBeLessThan(3_150); // that a second one is closed as well is rare
  });

  it('costs nobody anything when it is reloaded again and again', async () => {
    const nginx = await serving({ files: { '/a.txt': text } });
    const reloads: Promise<void>[] = [];
    const results = await batch(urls(4_000, `${nginx.url}/a.txt`), {
      events: observer(({ type, index }) => {
        if (type === 'start' && index % 1_000 === 500) reloads.push(nginx.reload());
      }),
    });
    await Promise.all(reloads);
    expect(reloads).toHaveLength(4);
    expect(kinds(results, outcome)).toEqual([200]);
    expect(kinds(results, (result) => header(result, 'x-worker')).length).toBeGreaterThan(1);
    expect(kinds(results, ({ attempts }) => attempts)).toEqual([1]);
  });

  it('is asked once more where its worker process was killed', async ({ net }) => {
    const held: ServerResponse[] = [];
    const upstream = await net.serve(({ url }, response) => {
      if (url === '/now') response.end('ok');
      else held.push(response);
    });
    const nginx = await serving({ server: () => `location / { proxy_pass ${upstream.url}; }` });
    const [before] = await batch([`${nginx.url}/now`]);
    const failures: unknown[] = [];
    const done = batch(urls(16, `${nginx.url}/held`), {
      retry: { limit: 1, backoff: () => 50, budget: 1 },
      events: observer((event) => {
        if (event.type === 'wait') failures.push(event.error.kind);
      }),
    });
    await vi.waitFor(() => expect(held).toHaveLength(16), patience);
    const next = nginx.nextWorker();
    process.kill(Number(header(before, 'x-worker')), 'SIGKILL');
    await next;
    await vi.waitFor(() => expect(held).toHaveLength(32), patience);
    for (const response of held) response.end('ok');
    const results = await done;
    expect(results.map((result) => [outcome(result), result.attempts])).toEqual(Array(16).fill([200, 2]));
    expect(failures).toEqual(Array(16).fill('network'));
  });

  it('sends the rest of a file where its worker process was killed in the middle', async () => {
    const bytes = noise(3_000_000);
    const nginx = await serving({
      files: { '/a': bytes, '/b': '' },
      server: () => 'limit_rate_after 2m; limit_rate 1k;', // it stands still after 2 MiB
    });
    const folder = await temporaryFolder();
    const path = join(folder.path, 'a');
    const [before] = await batch([`${nginx.url}/b`]);
    const done = batch([`${nginx.url}/a`], {
      sink: toFile(() => path, { resume: true }),
      retry: { limit: 1, backoff: () => 50 },
    });
    await vi.waitFor(async () => {
      const [part = ''] = (await folder.files()).filter((name) => name.endsWith('.part'));
      expect((await stat(join(folder.path, part))).size).toBeGreaterThan(1_500_000);
    }, patience);
    process.kill(Number(header(before, 'x-worker')), 'SIGKILL');
    const [result] = await done;
    expect(result).toMatchObject({ ok: true, attempts: 2, value: { status: 206 } });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('is asked once more where its upstream hung up', async ({ net }) => {
    let asked = 0;
    const upstream = await net.serveRaw((socket) => {
      onHead(socket, () => {
        if (asked++ > 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        socket.end();
      });
    });
    const nginx = await serving({ server: () => `location / { proxy_pass ${upstream.url}; }` });
    const statuses: unknown[] = [];
    const [result] = await batch([nginx.url], {
      retry: { limit: 1, backoff: () => 0 },
      events: observer((event) => {
        if (event.type === 'response') statuses.push(event.status);
      }),
    });
    expect(result).toMatchObject({ ok: true, attempts: 2 });
    expect(statuses).toEqual([502, 200]);
  });

  it('answers each URL once by HTTP/2, though it says good-bye after 100 requests', async () => {
    const nginx = await serving(secure('keepalive_requests 100;'));
    const results = await batch(urls(3_000, `${nginx.secureUrl}/a.txt`), {
      connections: { ca: ca.cert, http2: true },
    });
    expect(kinds(results, outcome)).toEqual([200]);
    // undici 8 takes a few streams that have come as a whole for broken when the connection ends: those are asked again
    expect(attemptsOf(results)).toBeLessThan(3_150);
  });
});
