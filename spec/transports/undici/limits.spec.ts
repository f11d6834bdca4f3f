import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect } from 'vitest';
import { noise } from '../../support/noise.js';
import { it, openHandles } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const limits = { maxBodyBytes: 1_000 };

describe('maxBodyBytes', () => {
  it('lets a body of just so many bytes through, by length and by chunks', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      if (request.url === '/length') response.setHeader('Content-Length', 1_000);
      response.write('x'.repeat(500));
      response.end('x'.repeat(500));
    });
    for (const path of ['/length', '/chunks']) {
      expect((await wire.fetch(server.url + path, limits)).body).toHaveLength(1_000);
    }
  });

  it('refuses by Content-Length, before any of the body came', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': 1_001 }).flushHeaders();
    });
    const error = await wire.failure(server.url, limits);
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body', retryable: false });
    expect(error.message).toBe(
      `GET ${server.url}/: the body is larger than maxBodyBytes (1000): 1001 bytes announced`,
    );
    await server.idle(); // it did not wait for the body
  });

  it('refuses by the bytes that came, and reads no further', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      const send = (): unknown => !response.destroyed && response.write('x'.repeat(100), send); // for ever
      send();
    });
    const error = await wire.failure(server.url, limits);
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body', retryable: false });
    expect(error.message).toMatch(
      /: the body is larger than maxBodyBytes \(1000\): \d+ bytes received so far$/,
    );
    await server.idle();
  });

  it('refuses by the compressed bytes that came', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).write(Buffer.alloc(1_001, 1));
    });
    expect((await wire.failure(server.url, limits)).message).toContain('1001 bytes received so far');
    await server.idle();
  });

  const bomb = Buffer.alloc(20_000_000);
  it.for([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['gzip, gzip', gzipSync(gzipSync(bomb))],
    ['br, gzip', gzipSync(brotliCompressSync(bomb))],
  ] as const)('refuses a bomb of %s by what it would become', async ([coding, encoded], { wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(encoded);
    });
    const maxBodyBytes = 1_000_000;
    expect(encoded.length).toBeLessThan(maxBodyBytes);
    const error = await wire.failure(server.url, { maxBodyBytes });
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body', retryable: false });
    expect(error.message).toBe(
      `GET ${server.url}/: the body is larger than maxBodyBytes (1000000): once "${coding}" is undone`,
    );
  });

  it.for([1_000, 200_000])(
    'lets a compressed body become just so many bytes: %d',
    async (length, { wire }) => {
      const server = await wire.serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip' });
        response.end(gzipSync(Buffer.concat([noise(length / 2), Buffer.alloc(length / 2)])));
      });
      expect((await wire.fetch(server.url, { maxBodyBytes: length })).body).toHaveLength(length);
      expect((await wire.failure(server.url, { maxBodyBytes: length - 1 })).message).toContain('once "gzip"');
    },
  );

  it.for([2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Infinity])(
    'may be more than a Buffer can hold: %d',
    async (maxBodyBytes, { wire }) => {
      const server = await wire.serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('x'));
      });
      expect((await wire.fetch(server.url, { maxBodyBytes })).text()).toBe('x');
    },
  );

  it('is 10 MiB where nobody says otherwise', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      response.writeHead(200, { 'Content-Length': Number(request.url?.slice(1)) }).flushHeaders();
    });
    const error = await new Promise<Error>((resolve) => {
      wire.transport({ url: `${server.url}/${10 * 1024 * 1024 + 1}` }).subscribe({ error: resolve });
    });
    expect(error.message).toContain('maxBodyBytes (10485760)');
  });
});
