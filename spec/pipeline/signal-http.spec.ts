import type { Socket } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { afterAll, describe, expect } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchFailure } from '../../lib/model/result.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import { it, openHandles } from '../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

/** Runs until it is told to stop; gives the failures that came of it. */
function run<T>(
  urls: readonly string[],
  options: FetchOptions<T>,
): { readonly controller: AbortController; readonly failures: Promise<(FetchFailure | 'ok')[]> } {
  const controller = new AbortController();
  const batch = lastValueFrom(fetchFrom(urls, { ...options, signal: controller.signal }).pipe(toBatch()));
  return {
    controller,
    failures: batch.then((results) => results.map((result) => (result.ok ? 'ok' : result))),
  };
}

const cancelled = { ok: false, error: { name: 'FetchError', kind: 'cancelled' } };

/** A promise, and what resolves it. */
function moment(): { readonly reached: Promise<void>; readonly reach: () => void } {
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { reached, reach };
}

describe('an AbortSignal', () => {
  it('cancels a fetch while it connects', async ({ wire }) => {
    const { reached, reach } = moment();
    const sockets: Socket[] = [];
    const server = await wire.serveRaw((socket) => {
      sockets.push(socket);
      socket.once('data', reach); // hears the TLS hello, says nothing
    });
    const url = server.url.replace('http:', 'https:');
    const { controller, failures } = run([url], { transport: wire.transport });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([{ ...cancelled, attempts: 1 }]);
    for (const socket of sockets) socket.destroy(); // undici cannot leave a connection that is not there yet
  });

  it('cancels a fetch while it waits for the response', async ({ wire }) => {
    const { reached, reach } = moment();
    const server = await wire.serve(reach);
    const { controller, failures } = run([server.url], { transport: wire.transport });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([cancelled]);
    await server.idle();
  });

  it('cancels a fetch while it reads the body', async ({ wire }) => {
    const server = await wire.serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('the first of it');
    });
    const { reached, reach } = moment();
    const events = { next: ({ type }: { readonly type: string }) => type === 'response' && reach() };
    const { controller, failures } = run([server.url], { transport: wire.transport, events });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([cancelled]);
    await server.idle();
  });

  it('cancels a fetch while its page is in project', async ({ wire }) => {
    const server = await wire.serve((_, response) => response.end('page'));
    const { reached, reach } = moment();
    const project = (): Promise<string> => {
      reach();
      return new Promise(() => undefined);
    };
    const { controller, failures } = run([server.url], { transport: wire.transport, project });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([cancelled]);
  });

  it('cancels a fetch while it waits for a retry', async ({ wire }) => {
    const server = await wire.serve((_, response) => response.writeHead(503).end());
    const { reached, reach } = moment();
    const events = { next: ({ type }: { readonly type: string }) => type === 'wait' && reach() };
    const retry = { backoff: () => 3_600_000 };
    const { controller, failures } = run([server.url], { transport: wire.transport, events, retry });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([{ ...cancelled, attempts: 1 }]);
  });

  it('cancels what is under way and pulls nothing more', async ({ wire }) => {
    const { reached, reach } = moment();
    let requests = 0;
    const server = await wire.serve(() => {
      if (++requests === 2) reach();
    });
    const urls = [1, 2, 3, 4].map((n) => `${server.url}/${n}`);
    const { controller, failures } = run(urls, { transport: wire.transport, concurrency: 2 });
    await reached;
    controller.abort();
    expect(await failures).toMatchObject([cancelled, cancelled]);
    expect(requests).toBe(2);
    await server.idle();
  });

  it('aborts nothing that is done', async ({ wire }) => {
    const server = await wire.serve((_, response) => response.end('page'));
    const { controller, failures } = run([server.url], { transport: wire.transport });
    expect(await failures).toEqual(['ok']);
    expect(() => controller.abort()).not.toThrow();
  });
});
