import type { Socket } from 'node:net';
import * as zlib from 'node:zlib';
import { lastValueFrom } from 'rxjs';
import { Agent } from 'undici';
import { afterAll, describe, expect, vi } from 'vitest';
import { fetchFrom } from '../../../lib/creators/fetch-from.js';
import { coalesce } from '../../../lib/interceptors/coalesce.js';
import type { Sink } from '../../../lib/model/sink.js';
import { toBatch } from '../../../lib/operators/to-batch.js';
import { selfSigned } from '../../support/certificate.js';
import { noise } from '../../support/noise.js';
import { onHead } from '../../support/servers.js';
import { NotingSink } from '../../support/sinks.js';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (body: Buffer) => Buffer };

/** A promise, and what resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** What a request ends with. */
const outcomeOf = (wire: Wire, url: string, sink: Sink, limits = {}): Promise<unknown> =>
  wire.fetch({ url, sink }, limits).catch((error: unknown) => error);

describe('the body of a page with a sink', () => {
  it('goes there and not into memory', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((_request, response) => {
      response.writeHead(201, { 'X-A': 'b' });
      response.write('hel');
      response.end('lo');
    });
    const request = { url: `${server.url}/a#b`, sink: noting.sink, context: 1 };
    const page = await wire.fetch(request);
    expect(page).toMatchObject({ status: 201, encodedBytes: 5, sunk: 'sunk' });
    expect(page.body).toHaveLength(0);
    expect(String(noting.bytes)).toBe('hello');
    expect(noting.calls).toEqual(['open', 'write', 'close']);
    expect(noting.heads).toEqual([
      { request, url: `${server.url}/a`, status: 201, headers: page.headers, offset: 0 },
    ]);
  });

  it('goes to the sink of the pipeline, or to that of the request', async ({ wire }) => {
    const [common, own] = [new NotingSink(), new NotingSink()];
    const server = await wire.serve((request, response) => response.end(request.url));
    const inputs = [`${server.url}/1`, { url: `${server.url}/2`, sink: own.sink }];
    const { transport } = wire;
    const results = await lastValueFrom(fetchFrom(inputs, { transport, sink: common.sink }).pipe(toBatch()));
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    expect([String(common.bytes), String(own.bytes)]).toEqual(['/1', '/2']);
  });

  it('goes to each sink, though the URL is the same and pages are shared', async ({ wire }) => {
    const sinks = [new NotingSink(), new NotingSink()];
    const server = await wire.serve((_request, response) => response.end('x'));
    const inputs = sinks.map(({ sink }) => ({ url: server.url, sink }));
    const { transport } = wire;
    await lastValueFrom(fetchFrom(inputs, { transport, interceptors: [coalesce()] }).pipe(toBatch()));
    expect(sinks.map(({ bytes }) => String(bytes))).toEqual(['x', 'x']);
  });

  it('goes there after redirects, whose own bodies do not', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { Location: '/next' }).end('elsewhere');
      else response.end('here');
    });
    const request = { url: server.url, sink: noting.sink };
    expect(await wire.fetch(request)).toMatchObject({ url: `${server.url}/next`, sunk: 'sunk' });
    expect(String(noting.bytes)).toBe('here');
    expect(noting.heads[0]).toMatchObject({ request, url: `${server.url}/next` });
  });

  it('comes into memory where the status is not accepted, and is decoded', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((_request, response) => {
      response.writeHead(404, { 'Content-Encoding': 'gzip' }).end(gzipSync('no such page'));
    });
    const page = await wire.fetch({ url: server.url, sink: noting.sink });
    expect([page.text(), page.sunk, noting.calls]).toEqual(['no such page', undefined, []]);
  });

  it('goes there by the acceptStatus of the pipeline', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((request, response) =>
      response.writeHead(Number(request.url?.slice(1))).end('x'),
    );
    const acceptStatus = (status: number): boolean => status === 404;
    for (const status of [200, 404])
      await wire.fetch({ url: `${server.url}/${status}`, sink: noting.sink }, { acceptStatus });
    expect(noting.heads.map(({ status }) => status)).toEqual([404]);
  });

  it('is none with HEAD, 204 and 304: the sink is not opened', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((request, response) =>
      response.writeHead(Number(request.url?.slice(1))).end(),
    );
    const acceptStatus = (): boolean => true;
    const { sink } = noting;
    await wire.fetch({ url: `${server.url}/200`, method: 'HEAD', sink }, { acceptStatus });
    for (const status of [204, 304])
      await wire.fetch({ url: `${server.url}/${status}`, sink }, { acceptStatus });
    expect(noting.calls).toEqual([]);
  });

  it('may be empty: the sink is opened and closed', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(),
    );
    expect(await wire.fetch({ url: server.url, sink: noting.sink })).toMatchObject({ sunk: 'sunk' });
    expect(noting.calls).toEqual(['open', 'close']);
  });

  it('leaves its connection to whoever comes next', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    for (let i = 0; i < 5; i++) await wire.fetch({ url: server.url, sink: new NotingSink().sink });
    expect(server.accepted).toBe(1);
  });

  const body = Buffer.concat([noise(300_000), Buffer.alloc(300_000)]);
  const encoders: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
    ['identity', (bytes) => bytes],
    ['made-up', (bytes) => bytes],
    ...(zstdCompressSync ? [['zstd', zstdCompressSync] as const] : []),
  ];

  it.for(encoders)('is decoded as it comes: %s', async ([coding, encode], { wire }) => {
    const noting = new NotingSink();
    const encoded = encode(body);
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(encoded);
    });
    const page = await wire.fetch({ url: server.url, sink: noting.sink });
    expect(body.equals(noting.bytes)).toBe(true);
    expect(noting.chunks.length).toBeGreaterThan(1);
    expect(page.encodedBytes).toBe(encoded.length);
  });

  it.for([
    ['gzip', gzipSync(body).subarray(0, -9)],
    ['gzip', Buffer.from('not gzip')],
    ['deflate', deflateRawSync(body).subarray(0, -5)],
    ['br', brotliCompressSync(body).subarray(0, -5)],
    ['gzip, br', brotliCompressSync(gzipSync(body).subarray(0, -9))],
    ['gzip,gzip,gzip,gzip', gzipSync('x')],
  ] as const)('is a decode failure where it is not what it says: %s', async ([coding, bytes], { wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(bytes);
    });
    const error = await outcomeOf(wire, server.url, noting.sink);
    expect(error).toMatchObject({ kind: 'decode', phase: 'body', retryable: false });
    expect(noting.calls.at(-1)).toBe('abort');
    expect(noting.errors).toEqual([error]);
  });
});

describe('the limits of a body with a sink', () => {
  it('are maxBodyBytes on the wire', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serve((_request, response) => {
      const send = (): unknown => !response.destroyed && response.write('x'.repeat(1_000), send);
      send();
    });
    const error = await outcomeOf(wire, server.url, noting.sink, { maxBodyBytes: 100_000 });
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body' });
    await vi.waitFor(() => expect(noting.errors).toEqual([error]));
    await server.idle();
  });

  it('are maxBodyBytes once it is decoded', async ({ wire }) => {
    const noting = new NotingSink();
    const encoded = gzipSync(Buffer.alloc(2_000_000));
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(encoded);
    });
    const error = await outcomeOf(wire, server.url, noting.sink, { maxBodyBytes: 100_000 });
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body' });
    expect(String(error)).toContain('(100000): once "gzip" is undone');
    expect(noting.bytes.length).toBeLessThanOrEqual(100_000);
  });

  it('are the ratio of what it becomes to what came', async ({ wire }) => {
    const noting = new NotingSink();
    const encoded = gzipSync(Buffer.alloc(50_000_000));
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(encoded);
    });
    const error = await outcomeOf(wire, server.url, noting.sink, { maxBodyBytes: Infinity });
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body' });
    expect(String(error)).toContain('bytes of "gzip" become more than 100 times as many: raise maxRatio');
    expect(noting.bytes.length).toBeLessThanOrEqual(encoded.length * 100);
  });
});

describe('a sink that is slow', () => {
  it('slows the server, and loses nothing', async ({ wire }) => {
    const noting = new NotingSink();
    const { opened, open } = gate();
    noting.hold = opened;
    const piece = noise(64 * 1024);
    let sent = 0;
    let stop = false;
    const server = await wire.serve((_request, response) => {
      const send = (): void => {
        sent += piece.length;
        if (stop) response.end(piece);
        else response.write(piece, send);
      };
      send();
    });
    const outcome = outcomeOf(wire, server.url, noting.sink, { maxBodyBytes: Infinity });
    let before = -1;
    // the kernel takes some megabytes; then nothing moves any more
    await vi.waitFor(
      () => {
        const last = before;
        before = sent;
        expect(sent).toBe(last);
      },
      { interval: 100, timeout: 8_000 },
    );
    stop = true;
    expect(noting.bytes.length).toBeLessThan(1_000_000);
    open();
    expect(await outcome).toMatchObject({ encodedBytes: sent });
    expect(noting.bytes).toHaveLength(sent);
  });

  /** More than waits for a sink before the server must. */
  const bodyLength = 600_000;
  const ends = [
    ['without any header', ''],
    ['with Connection: close', 'Connection: close\r\n'],
    ['of known length, with Connection: close', `Connection: close\r\nContent-Length: ${bodyLength}\r\n`],
    ['of known length', `Content-Length: ${bodyLength}\r\n`],
  ] as const;

  /** Lets the server send a body and end its connection while the sink is busy with the first of it. */
  async function paused(
    wire: Wire,
    header: string,
    end: (socket: Socket) => void,
  ): Promise<[NotingSink, unknown]> {
    const noting = new NotingSink();
    const { opened, open } = gate();
    noting.hold = opened;
    const sockets: Socket[] = [];
    const server = await wire.serveRaw((socket) =>
      onHead(socket, () => {
        sockets.push(socket);
        socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n${'x'.repeat(bodyLength)}`);
      }),
    );
    const outcome = outcomeOf(wire, server.url, noting.sink);
    await vi.waitFor(() => expect(noting.chunks.length).toBe(1));
    end(sockets[0]!);
    for (let i = 0; i < 50; i++) await new Promise(setImmediate); // whoever listens has heard of it
    open();
    return [noting, await outcome];
  }

  it.for(ends)('gets all of a body %s that has ended meanwhile', async ([, header], { wire }) => {
    const [noting, page] = await paused(wire, header, (socket) => socket.end());
    expect(page).toMatchObject({ encodedBytes: bodyLength, sunk: 'sunk' });
    expect(noting.bytes).toHaveLength(bodyLength);
  });

  // the others are whole, or not, by what of them has come
  it.for(ends.slice(0, 2))(
    'is told that a body %s was cut by a reset meanwhile',
    async ([, header], { wire }) => {
      const [noting, error] = await paused(wire, header, (socket) => socket.resetAndDestroy());
      expect(error).toMatchObject({ kind: 'network', phase: 'body', cause: { code: 'ECONNRESET' } });
      await vi.waitFor(() => expect(noting.calls.at(-1)).toBe('abort'));
      expect(noting.calls).not.toContain('close');
    },
  );
});

describe('a sink is told that the body will not be whole', () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello';

  it('when the connection is closed', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serveBytes(half);
    const error = await outcomeOf(wire, server.url, noting.sink);
    expect(error).toMatchObject({ kind: 'network', phase: 'body' });
    await vi.waitFor(() => expect(noting.errors).toEqual([error]));
    expect(noting.calls).not.toContain('close');
  });

  it('when it is unsubscribed, once the call that it is busy with is done', async ({ wire }) => {
    const noting = new NotingSink();
    const { opened, open } = gate();
    noting.hold = opened;
    const server = await wire.serveBytes(half, { stay: true });
    const subscription = wire.open({ url: server.url, sink: noting.sink }).pages.subscribe();
    await vi.waitFor(() => expect(noting.calls).toEqual(['open', 'write']));
    subscription.unsubscribe();
    await server.idle();
    expect(noting.calls).toEqual(['open', 'write']);
    open();
    await vi.waitFor(() => expect(noting.calls).toEqual(['open', 'write', 'abort']));
  });

  it('when the time of the body is over', async ({ wire }) => {
    const noting = new NotingSink();
    const server = await wire.serveBytes(half, { stay: true });
    const { transport } = wire;
    const options = { transport, sink: noting.sink, timeout: { body: 50 }, retry: false } as const;
    const [result] = await lastValueFrom(fetchFrom([server.url], options).pipe(toBatch()));
    expect(result).toMatchObject({ ok: false, error: { kind: 'timeout', phase: 'body' } });
    await vi.waitFor(() => expect(noting.calls.at(-1)).toBe('abort'));
    await server.idle();
  });
});

describe('a sink that throws', () => {
  const wrong = Object.assign(new Error('no'), { code: 'E_NO' });
  const throwIt = (): never => {
    throw wrong;
  };
  const noop = (): void => undefined;
  const parts: readonly (readonly [string, Sink])[] = [
    ['when it is opened', throwIt],
    ['later when it is opened', () => Promise.reject(wrong)],
    ['when it is written to', () => ({ write: throwIt, close: noop, abort: noop })],
    ['when it is closed', () => ({ write: noop, close: () => Promise.reject(wrong), abort: noop })],
    ['when it is written to and when it is aborted', () => ({ write: throwIt, close: noop, abort: throwIt })],
    ['when it is asked what it has', Object.assign(throwIt, { resume: throwIt })],
    ['by being no writer', () => undefined as never],
  ];

  it.for(parts)('%s fails the attempt, and is not the server’s fault', async ([, sink], { wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'.repeat(100_000)));
    const error = await outcomeOf(wire, server.url, sink);
    expect(error).toMatchObject({ kind: 'project', phase: 'body', retryable: false });
    expect(String(error)).toContain(`GET ${server.url}/: the sink threw`);
  });

  it.for(['ENOSPC', 'EDQUOT', 'EFBIG'])('%s says that there is no room', async (code, { wire }) => {
    const full = Object.assign(new Error('full'), { code });
    const server = await wire.serve((_request, response) => response.end('x'));
    const sink: Sink = () => ({ write: () => Promise.reject(full), close: noop, abort: noop });
    expect(await outcomeOf(wire, server.url, sink)).toMatchObject({
      kind: 'resource',
      code,
      retryable: false,
    });
  });

  it('is invalid where it is no function', async ({ wire }) => {
    expect(await outcomeOf(wire, 'http://127.0.0.1:9/', {} as Sink)).toMatchObject({ kind: 'invalid' });
  });
});

it('pauses a body over TLS that ends with its connection', async ({ wire }) => {
  const tls = selfSigned();
  const noting = new NotingSink();
  const { opened, open } = gate();
  noting.hold = opened;
  const server = await wire.serve(
    (_request, response) => {
      response.shouldKeepAlive = false;
      response.useChunkedEncodingByDefault = false;
      response.end('x'.repeat(500_000));
    },
    { tls },
  );
  const agent = new Agent({ connect: { ca: tls.cert } });
  const page = lastValueFrom(wire.open({ url: server.url, sink: noting.sink }, {}, agent).pages);
  await vi.waitFor(() => expect(noting.chunks.length).toBe(1));
  open();
  expect(await page).toMatchObject({ encodedBytes: 500_000 });
  await agent.close();
});
