import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { leavesNothingBehind } from '../../support/leaks.js';
import { noise } from '../../support/noise.js';
import { it } from '../../support/web.js';

leavesNothingBehind();

describe('the page of fetch', () => {
  it('has the final URL, status, headers and body, and the attempt hears how far it is', async ({ web }) => {
    const server = await web.serveBytes(
      'HTTP/1.1 203 Fine\r\nContent-Length: 5\r\nX-Twice: 1\r\nX-Twice: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
        '__proto__: x\r\nContent-Type: text/plain\r\n\r\nhello',
    );
    const { pages, attempt } = web.open(`${server.url}/a?b=c#d`);
    const page = await new Promise<unknown>((resolve, reject) => {
      pages.subscribe({ next: resolve, error: reject });
    });
    expect(page).toMatchObject({
      url: `${server.url}/a?b=c`,
      redirects: [],
      status: 203,
      body: new TextEncoder().encode('hello'),
      encodedBytes: 5,
    });
    expect(Object.entries((page as { headers: object }).headers).sort()).toEqual([
      ['__proto__', 'x'],
      ['content-length', '5'],
      ['content-type', 'text/plain'],
      ['set-cookie', ['a=1', 'b=2']],
      ['x-twice', '1, 2'],
    ]);
    expect(attempt.phases).toEqual(['headers', 'body']); // fetch does not say when it is connected
    expect(attempt.statuses).toEqual([203]);
  });

  it('is decoded, and counts decoded bytes', async ({ web }) => {
    const server = await web.serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip').end(gzipSync('x'.repeat(5_000)));
    });
    const page = await web.fetch(server.url);
    expect(page.text()).toBe('x'.repeat(5_000));
    expect(page.encodedBytes).toBe(5_000);
  });

  it('reads text by its charset, and JSON', async ({ web }) => {
    const server = await web.serve((request, response) => {
      if (request.url === '/json') response.end('{"a":[1]}');
      else {
        response.setHeader('Content-Type', 'text/html');
        response.end(Buffer.from('<meta charset=windows-1252>\x80', 'latin1'));
      }
    });
    expect((await web.fetch(`${server.url}/html`)).text()).toBe('<meta charset=windows-1252>€');
    expect((await web.fetch(`${server.url}/json`)).json()).toEqual({ a: [1] });
  });

  it('holds a body of many pieces in one piece of its own', async ({ web }) => {
    const bytes = noise(300_000);
    const server = await web.serve((_request, response) => response.end(bytes));
    const { body } = await web.fetch(server.url);
    expect(Buffer.compare(body, bytes)).toBe(0);
    expect(body.buffer.byteLength).toBe(bytes.length);
  });

  it.for([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const)(
    'of %s with status %i has no body, whatever length is announced',
    async ([method, status], { web }) => {
      const server = await web.serve((_request, response) => {
        response.writeHead(status, status === 204 ? {} : { 'Content-Length': 5_000 }).end();
      });
      const page = await web.fetch({ url: server.url, method }, { maxBodyBytes: 1_000 });
      expect(page).toMatchObject({ status, encodedBytes: 0, body: new Uint8Array() });
    },
  );
});

describe('redirects of fetch', () => {
  it('are followed, and the final URL tells, without its fragment', async ({ web }) => {
    const server = await web.serve(({ url = '' }, response) => {
      if (url === '/') response.writeHead(302, { Location: '/b#c' }).end();
      else response.end(url);
    });
    const page = await web.fetch(server.url);
    expect(page.text()).toBe('/b');
    expect(page).toMatchObject({ url: `${server.url}/b`, redirects: [], status: 200 });
  });

  it('are pages where maxRedirects is 0', async ({ web }) => {
    const server = await web.serve((_request, response) =>
      response.writeHead(302, { Location: '/b' }).end('moved'),
    );
    const page = await web.fetch(server.url, { maxRedirects: 0 });
    expect(page).toMatchObject({ status: 302, headers: { location: '/b' }, url: `${server.url}/` });
    expect(page.text()).toBe('moved');
  });
});

describe('maxBodyBytes over fetch', () => {
  const limits = { maxBodyBytes: 1_000 };

  it('lets a body of just so many bytes through', async ({ web }) => {
    const server = await web.serve((request, response) => {
      if (request.url === '/length') response.setHeader('Content-Length', 1_000);
      response.write('x'.repeat(500));
      response.end('x'.repeat(500));
    });
    for (const path of ['/length', '/chunks'])
      expect((await web.fetch(server.url + path, limits)).body).toHaveLength(1_000);
  });

  it('refuses by Content-Length, before any of the body came', async ({ web }) => {
    const server = await web.serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': 1_001 }).flushHeaders();
    });
    const error = await web.failure(server.url, limits);
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body', retryable: false });
    expect(error.message).toBe(
      `GET ${server.url}/: the body is larger than maxBodyBytes (1000): 1001 bytes announced`,
    );
    await server.idle();
  });

  it('refuses by the bytes that came, and reads no further', async ({ web }) => {
    const server = await web.serve((_request, response) => {
      const send = (): unknown => !response.destroyed && response.write('x'.repeat(100), send); // for ever
      send();
    });
    expect(await web.failure(server.url, limits)).toMatchObject({ kind: 'too-large', phase: 'body' });
    await server.idle();
  });

  it('refuses by what a small body grows to', async ({ web }) => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const server = await web.serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip').end(bomb);
    });
    const error = await web.failure(server.url, { maxBodyBytes: 100_000 });
    expect(error).toMatchObject({ kind: 'too-large', phase: 'body', retryable: false });
  });
});
