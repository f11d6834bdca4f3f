import { concatMap, from, lastValueFrom } from 'rxjs';
import { afterAll, describe, expect } from 'vitest';
import { it, openHandles } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

describe('a page', () => {
  it('has status, headers, body and the URL without credentials and fragment', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(201, { 'Content-Type': 'text/plain', 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] });
      response.end('hello');
    });
    const page = await wire.fetch(`${server.url.replace('//', '//user:pass@')}/a?b=c#d`);
    expect(page.status).toBe(201);
    expect(page.url).toBe(`${server.url}/a?b=c`);
    expect(page.redirects).toEqual([]);
    expect(page.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-one': 'a',
      'set-cookie': ['b=1', 'c=2'],
    });
    expect(page.text()).toBe('hello');
    expect(page.encodedBytes).toBe(5);
  });

  it.for([400, 404, 500, 503, 599, 299])(
    'comes with status %d as with any other',
    async (status, { wire }) => {
      const server = await wire.serve((_request, response) => response.writeHead(status).end('said so'));
      const page = await wire.fetch(server.url);
      expect([page.status, page.text()]).toEqual([status, 'said so']);
    },
  );

  it('joins a body that comes in many chunks, byte for byte', async ({ wire }) => {
    const chunks = Array.from({ length: 500 }, (_, i) => Buffer.alloc(1 + ((i * 7919) % 3_000), i));
    const server = await wire.serve((_request, response) => {
      const send = ([chunk, ...rest]: Buffer[]): unknown =>
        chunk ? response.write(chunk, () => send(rest)) : response.end();
      send(chunks);
    });
    const page = await wire.fetch(server.url);
    const whole = Buffer.concat(chunks);
    expect(page.headers['transfer-encoding']).toBe('chunked');
    expect(page.encodedBytes).toBe(whole.length);
    expect(whole.equals(page.body)).toBe(true);
  });

  it('joins a body whose every byte is a packet', async ({ wire }) => {
    const server = await wire.serveRaw((socket) => {
      socket.setNoDelay(true).once('data', () => {
        const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
        const send = (at: number): void => {
          if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
        };
        send(0);
      });
    });
    expect((await wire.fetch(server.url)).text()).toBe('hello');
  });

  it('ends with its connection when it has neither length nor chunks', async ({ wire }) => {
    const server = await wire.serveBytes(['HTTP/1.1 200 OK\r\n\r\n', 'until ', 'the end']);
    expect((await wire.fetch(server.url)).text()).toBe('until the end');
  });

  it('is empty where the body is', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      if (request.url === '/length') response.setHeader('Content-Length', 0);
      if (request.url === '/chunked') response.write('');
      response.end();
    });
    for (const path of ['/length', '/chunked']) {
      const page = await wire.fetch(server.url + path);
      expect(page.body).toHaveLength(0);
      expect(page.encodedBytes).toBe(0);
      expect(page.text()).toBe('');
    }
  });

  it('is empty where there is an encoding, but no body to undo it of', async ({ wire }) => {
    const server = await wire.serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end();
    });
    expect((await wire.fetch(server.url)).body).toHaveLength(0);
  });

  it.for(['HEAD', 'head'])('of %s has the headers of the body that is not sent', async (method, { wire }) => {
    const server = await wire.serve((request, response) => {
      response.writeHead(200, {
        'Content-Length': 12_345,
        'Content-Encoding': 'gzip',
        'X-Method': request.method,
      });
      response.end();
    });
    const page = await wire.fetch({ url: server.url, method }, { maxBodyBytes: 100 });
    expect(page.headers).toMatchObject({ 'content-length': '12345', 'x-method': 'HEAD' });
    expect(page.body).toHaveLength(0);
  });

  it.for([204, 304])('of status %d has no body', async (status, { wire }) => {
    const server = await wire.serve((_request, response) =>
      response.writeHead(status, { ETag: '"x"' }).end(),
    );
    const page = await wire.fetch(server.url);
    expect([page.status, page.body.length, page.headers['etag']]).toEqual([status, 0, '"x"']);
  });

  it.for([204, 304])(
    'of status %d may announce the length of the body that is not sent (RFC 9110 §8.6)',
    async (status, { wire }) => {
      const server = await wire.serveBytes(`HTTP/1.1 ${status} X\r\nContent-Length: 5000\r\n\r\n`, {
        stay: true,
      });
      const page = await wire.fetch(server.url, { maxBodyBytes: 100 });
      expect([page.status, page.body.length]).toEqual([status, 0]);
    },
  );

  it.for([
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'],
    [
      'several',
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Again\r\n\r\n',
    ],
  ] as const)('comes after a 1xx (%s), of which nothing is left', async ([, early], { wire }) => {
    const head = 'HTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\n';
    const server = await wire.serveBytes([early, head, 'ok'], { stay: true });
    const { pages, attempt } = wire.open(server.url);
    const seen: unknown[] = [];
    await pages.forEach((page) => void seen.push([page.status, page.text(), page.headers]));
    expect(seen).toEqual([[200, 'ok', { 'x-late': '1', 'content-length': '2' }]]);
    expect(attempt.statuses).toEqual([200]);
  });

  it('tells the attempt where it is, and of the response once', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    const { pages, attempt } = wire.open(server.url);
    await pages.forEach(() => undefined);
    expect(attempt.phases).toEqual(['connect', 'headers', 'body']);
    expect(attempt.statuses).toEqual([200]);
  });

  it('is fetched anew for each subscription, and for none before', async ({ wire }) => {
    let asked = 0;
    const server = await wire.serve((_request, response) => response.end(String(++asked)));
    const { pages } = wire.open(server.url);
    expect(server.accepted).toBe(0);
    const texts: string[] = [];
    await pages.forEach((page) => void texts.push(page.text()));
    await pages.forEach((page) => void texts.push(page.text()));
    expect(texts).toEqual(['1', '2']);
  });

  it.for([200, 204])('leaves its connection to whoever comes next (%d)', async (status, { wire }) => {
    const server = await wire.serve((_request, response) => response.writeHead(status).end());
    for (let i = 0; i < 5; i++) await wire.fetch(server.url);
    expect(server.accepted).toBe(1);
  });

  it('leaves its connection to whoever comes next in the very call that gives it', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('x'));
    const times = from([1, 2, 3, 4, 5]);
    await lastValueFrom(times.pipe(concatMap(() => wire.open(server.url).pages)));
    expect(server.accepted).toBe(1);
  });

  it('can be fetched without an attempt, as by an interceptor of the caller', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end('alone'));
    const texts: string[] = [];
    await wire.transport({ url: new URL(server.url) }).forEach((page) => void texts.push(page.text()));
    expect(texts).toEqual(['alone']);
  });

  it('is of the request that an interceptor passed on, not of the one the attempt was made for', async ({
    wire,
  }) => {
    const server = await wire.serve((request, response) => response.end(request.url));
    const { attempt } = wire.open(`${server.url}/asked`);
    const texts: string[] = [];
    await wire
      .transport({ url: `${server.url}/passed-on` }, attempt)
      .forEach((page) => void texts.push(page.text()));
    expect(texts).toEqual(['/passed-on']);
  });
});
