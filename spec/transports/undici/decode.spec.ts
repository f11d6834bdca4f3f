import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { afterAll, describe, expect } from 'vitest';
import { decodeBody } from '../../../lib/transports/undici/decode.js';
import { noise } from '../../support/noise.js';
import { it, openHandles } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;
/** Node has it from 22.15 on. */
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (body: Buffer) => Buffer };

const small = Buffer.from('sluice '.repeat(100));
/** Decoded in the thread pool. */
const large = noise(200_000);
const sizes = { small, large };

describe('a compressed body', () => {
  const encoders = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ...(zstdCompressSync ? ([['zstd', zstdCompressSync]] as const) : []),
    [' gzip , ', gzipSync],
    ['identity', (body: Buffer) => body],
    ['gzip, br', (body: Buffer) => brotliCompressSync(gzipSync(body))],
    ['deflate, identity, gzip', (body: Buffer) => gzipSync(deflateSync(body))],
    ['br,br,deflate', (body: Buffer) => deflateRawSync(brotliCompressSync(brotliCompressSync(body)))],
  ] as const;
  const cases = encoders.flatMap(([coding, encode]) =>
    (['small', 'large'] as const).map((size) => [coding, size, encode] as const),
  );

  it.for(cases)('with Content-Encoding: %s (%s) is decoded', async ([coding, size, encode], { wire }) => {
    const encoded = encode(sizes[size]);
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(encoded);
    });
    const page = await wire.fetch(server.url);
    expect(sizes[size].equals(page.body)).toBe(true);
    expect(page.encodedBytes).toBe(encoded.length);
  });

  it('is asked for by Accept-Encoding as far as Node can decode it', async ({ wire }) => {
    const server = await wire.serve((request, response) => response.end(request.headers['accept-encoding']));
    const asked = zstdCompressSync ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';
    expect((await wire.fetch(server.url)).text()).toBe(asked);
  });

  it('is decoded by two Content-Encoding headers as by one with both', async ({ wire }) => {
    const encoded = brotliCompressSync(gzipSync(small));
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': ['gzip', 'br'] }).end(encoded);
    });
    expect(small.equals((await wire.fetch(server.url)).body)).toBe(true);
  });

  it('is decoded when it comes in single bytes', async ({ wire }) => {
    const encoded = gzipSync('byte by byte');
    const server = await wire.serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      const send = (at: number): unknown =>
        at < encoded.length
          ? response.write(encoded.subarray(at, at + 1), () => setImmediate(send, at + 1))
          : response.end();
      send(0);
    });
    expect((await wire.fetch(server.url)).text()).toBe('byte by byte');
  });

  it('of several gzip members is all of them', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync('')]));
    });
    expect((await wire.fetch(server.url)).text()).toBe('one two ');
  });

  it('may have as many as three codings', async ({ wire }) => {
    let encoded = small;
    for (let i = 0; i < 3; i++) encoded = gzipSync(encoded);
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip,gzip,gzip' }).end(encoded);
    });
    expect(small.equals((await wire.fetch(server.url)).body)).toBe(true);
  });

  it('is empty where a coding leaves nothing for the next to undo', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip, br' }).end(brotliCompressSync(''));
    });
    expect((await wire.fetch(server.url)).body).toHaveLength(0);
  });

  it('of an empty text is empty', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync('')));
    });
    expect((await wire.fetch(server.url)).body).toHaveLength(0);
  });

  it.for([404, 500])('is decoded with status %d too', async (status, { wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(status, { 'Content-Encoding': 'gzip' }).end(gzipSync('not found'));
    });
    expect((await wire.fetch(server.url)).text()).toBe('not found');
  });

  it.for([...(zstdCompressSync ? [] : ['zstd']), 'compress', 'utf-8', 'none', 'constructor'])(
    'with the unknown Content-Encoding %s is left as it is',
    async (coding, { wire }) => {
      const server = await wire.serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': coding }).end('as it is');
      });
      const page = await wire.fetch(server.url);
      expect(page.text()).toBe('as it is');
      expect(page.headers['content-encoding']).toBe(coding);
    },
  );

  it('is decoded as far as the codings are known', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip, made-up' }).end(gzipSync('known'));
    });
    expect((await wire.fetch(server.url)).text()).toBe('known');
  });
});

describe('deflate without the header of zlib', () => {
  /** A last block that is stored as it is (RFC 1951 §3.2.4); bits that mean nothing are set in its first byte. */
  const stored = (text: string, first: number): Buffer => {
    const sizes = Buffer.alloc(4);
    sizes.writeUInt16LE(text.length, 0);
    sizes.writeUInt16LE(~text.length & 0xffff, 2);
    return Buffer.concat([Buffer.of(first), sizes, Buffer.from(text)]);
  };
  const end = Buffer.of(1, 0, 0, 0xff, 0xff);

  it.for([
    ['begins like a header, but for the checksum', Buffer.concat([stored('hello', 0x08), end]), 'hello'],
    ['has the checksum of a header by chance', stored('x'.repeat(23), 0x01), 'x'.repeat(23)],
    ['begins with 8 and a block of no bytes', Buffer.concat([stored('', 0x08), stored('x', 1)]), 'x'],
  ] as const)('is told from it where it %s', async ([, encoded, text], { wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'deflate' }).end(encoded);
    });
    expect((await wire.fetch(server.url)).text()).toBe(text);
  });

  it.for(['deflate', 'gzip', 'br'])(
    'or %s of a single byte is a decode failure',
    async (coding, { wire }) => {
      const server = await wire.serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': coding }).end('x');
      });
      expect(await wire.failure(server.url)).toMatchObject({
        kind: 'decode',
        phase: 'body',
        retryable: false,
      });
    },
  );
});

describe('decodeBody', () => {
  /** What it calls back with in this turn, and in all. */
  async function calls(coding: string, body: Buffer, limit = 1_000_000) {
    const heard: (string | number)[] = [];
    await new Promise<void>((resolve) => {
      decodeBody(coding, body, limit, (error, decoded) => {
        heard.push(error?.message ?? decoded.length);
        resolve();
      });
      heard.push('end of call');
    });
    await turn();
    return heard;
  }

  it('calls back in this turn while the body is small', async () => {
    expect(await calls('gzip', gzipSync(small))).toEqual([small.length, 'end of call']);
  });

  it('calls back later when it is large: the thread pool decodes it', async () => {
    expect(await calls('gzip', gzipSync(large))).toEqual(['end of call', large.length]);
  });

  it('calls back once when it fails', async () => {
    expect(await calls('gzip, gzip', small)).toEqual(['incorrect header check', 'end of call']);
    expect(await calls('gzip, gzip', large)).toEqual(['end of call', 'incorrect header check']);
    expect(await calls('gzip,'.repeat(6), gzipSync(small))).toEqual([
      '6 codings, at most 3 are undone',
      'end of call',
    ]);
  });
});

describe('a few small pages of many that are kept', () => {
  const body = noise(1_000);
  const sent: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'of one piece': (response) => response.end(body),
    'of two pieces': (response) =>
      response.write(body.subarray(0, 500), () => response.end(body.subarray(500))),
    compressed: (response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(body)),
  };

  it.for(Object.keys(sent))('hold little more memory than their bodies need: %s', async (how, { wire }) => {
    const server = await wire.serve((_request, response) => sent[how]?.(response));
    const all = await Promise.all(Array.from({ length: 50 }, () => wire.fetch(server.url)));
    const pages = all.filter((_page, index) => index % 10 === 0);
    const buffers = new Set(pages.map((page) => page.body.buffer));
    const held = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(pages.every((page) => body.equals(page.body))).toBe(true);
    expect(held).toBeLessThan(pages.length * body.length * 3);
  });
});

describe('a body that is not what its Content-Encoding says', () => {
  const flipped = (body: Buffer): Buffer => {
    const copy = Buffer.from(body);
    copy[body.length >> 1]! ^= 0xff;
    return copy;
  };
  const cases = (['small', 'large'] as const).flatMap((size) => {
    const body = sizes[size];
    return [
      ['gzip', size, 'is cut short', gzipSync(body).subarray(0, -9)],
      ['gzip', size, 'lacks its checksum', gzipSync(body).subarray(0, -4)],
      ['gzip', size, 'is corrupt', flipped(gzipSync(body))],
      ['gzip', size, 'is something else', body],
      ['deflate', size, 'is cut short', deflateSync(body).subarray(0, -5)],
      ['deflate', size, 'is raw and cut short', deflateRawSync(body).subarray(0, -5)],
      ['br', size, 'is cut short', brotliCompressSync(body).subarray(0, -5)],
      ['br', size, 'is something else', Buffer.alloc(body.length, 0xff)],
      ['gzip, br', size, 'is wrong inside', brotliCompressSync(gzipSync(body).subarray(0, -9))],
    ] as const;
  });

  it.for(cases)('%s (%s) that %s is a decode failure', async ([coding, , , encoded], { wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding }).end(encoded);
    });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'decode', phase: 'body', retryable: false });
    expect(error.message).toContain(`GET ${server.url}/: the body is not valid "${coding}": `);
    expect(error.code).toMatch(/^(Z_|ERR_)/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('with more codings than anyone stacks in earnest is a decode failure', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': Array(1_000).fill('gzip').join() }).end(gzipSync('x'));
    });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'decode', phase: 'body', retryable: false });
    expect(error.message).toContain('1000 codings, at most 3 are undone');
    expect(error.message.length).toBeLessThan(500);
  });
});
