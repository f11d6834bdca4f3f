import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { afterAll, describe, expect, vi } from 'vitest';
import { selfSigned } from '../../support/certificate.js';
import { onHead } from '../../support/servers.js';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const heads = [
  ['without any header', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['with Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'],
  ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
] as const;

/** Fetches what a server sends, which ends the connection its way once the body has begun to arrive. */
async function cut(wire: Wire, bytes: string | Buffer, end: (socket: Socket) => void): Promise<unknown> {
  const socket: { now?: Socket } = {};
  const server = await wire.serveRaw((connection) => {
    socket.now = connection;
    onHead(connection, () => connection.write(bytes));
  });
  const { pages, attempt } = wire.open(server.url);
  const outcome = new Promise((resolve) => pages.subscribe({ next: resolve, error: resolve }));
  await vi.waitFor(() => expect(attempt.phases).toContain('body'), { interval: 1 });
  end(socket.now!);
  return outcome;
}

describe('a body that ends with its connection', () => {
  it.for(heads)('%s is whole when the connection is closed', async ([, head], { wire }) => {
    const page = await cut(wire, `${head}all of it`, (socket) => socket.end());
    expect(page).toMatchObject({ status: 200, encodedBytes: 9 });
  });

  it.for(heads)('%s is cut short when the connection is reset', async ([, head], { wire }) => {
    const error = await cut(wire, `${head}half`, (socket) => socket.resetAndDestroy());
    expect(error).toMatchObject({ kind: 'network', phase: 'body', retryable: true });
    expect(String(error)).toContain('the connection was closed after 4 bytes of the body, before its end');
    expect(error).toHaveProperty('cause.code', 'ECONNRESET');
  });

  it('is cut short when the reset comes with the last of it', async ({ wire }) => {
    const server = await wire.serveRaw((socket) =>
      onHead(socket, () =>
        socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => setImmediate(() => socket.resetAndDestroy())),
      ),
    );
    for (let i = 0; i < 20; i++)
      expect(await wire.failure(server.url)).toMatchObject({ kind: 'network', retryable: true });
  });

  it('is cut short when it is compressed and whole: nobody can tell that no more was to come', async ({
    wire,
  }) => {
    const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n');
    const error = await cut(wire, Buffer.concat([head, gzipSync('all')]), (socket) =>
      socket.resetAndDestroy(),
    );
    expect(error).toMatchObject({ kind: 'network', phase: 'body' });
  });

  it('is cut short over TLS, too', async ({ wire }) => {
    const tls = selfSigned();
    const sockets: Socket[] = [];
    const server = await wire.serve(
      (request, response) => {
        sockets.push(request.socket);
        response.shouldKeepAlive = false;
        response.useChunkedEncodingByDefault = false;
        response.write('half');
      },
      { tls },
    );
    const agent = new Agent({ connect: { ca: tls.cert } });
    const { pages, attempt } = wire.open(server.url, {}, agent);
    const outcome = new Promise((resolve) => pages.subscribe({ next: resolve, error: resolve }));
    await vi.waitFor(() => expect(attempt.phases).toContain('body'), { interval: 1 });
    (sockets[0] as unknown as { _parent: Socket })._parent.resetAndDestroy();
    expect(await outcome).toMatchObject({ kind: 'network', phase: 'body' });
    await agent.close();
  });

  it('is whole although another connection is reset in the meantime', async ({ wire }) => {
    const open: Socket[] = [];
    const server = await wire.serveRaw((socket) => {
      open.push(socket);
      onHead(socket, () => socket.write('HTTP/1.1 200 OK\r\n\r\nbody'));
    });
    const outcomes = [1, 2].map(() => wire.fetch(server.url).catch((error: unknown) => error));
    await server.accepts(2);
    await vi.waitFor(() => expect(open.every(({ bytesWritten }) => bytesWritten > 0)).toBe(true));
    await new Promise(setImmediate);
    open[0]!.resetAndDestroy();
    open[1]!.end();
    const kinds = (await Promise.all(outcomes)).map((outcome) =>
      outcome instanceof Error ? 'error' : (outcome as { text(): string }).text(),
    );
    expect(kinds.sort()).toEqual(['body', 'error']);
  });
});
