import type { IncomingMessage } from 'node:http';
import { Agent } from 'undici';
import { afterAll, describe, expect } from 'vitest';
import type { FetchRequest } from '../../../lib/model/request.js';
import { onHead, type TestServer } from '../../support/servers.js';
import { acceptedEncodings } from '../../../lib/transports/undici/decode.js';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Redirects /301?to=… with that status to there, and answers all else with its path; writes down what was asked. */
async function redirector(wire: Wire, host?: string): Promise<TestServer & { readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await wire.serve(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url = '', headers } = request;
        asked.push({ line: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() });
        const [, status, to] = /^\/(3\d\d)\?to=(.*)$/.exec(url) ?? [];
        if (to !== undefined)
          response.writeHead(Number(status), { Location: decodeURIComponent(to) }).end('moved');
        else response.end(url);
      });
    },
    { ...(host === undefined ? {} : { host }) },
  );
  return Object.assign(server, { asked });
}

const redirect = (server: TestServer, to: string, status = 302): string =>
  `${server.url}/${status}?to=${encodeURIComponent(to)}`;

describe('a redirect', () => {
  it('is followed: the page is the one it leads to, and says where it came from', async ({ wire }) => {
    const server = await redirector(wire);
    const { pages, attempt } = wire.open(redirect(server, '/b'));
    const seen: unknown[] = [];
    await pages.forEach((page) => void seen.push([page.url, page.status, page.text(), page.redirects]));
    expect(seen).toEqual([[`${server.url}/b`, 200, '/b', [redirect(server, '/b')]]]);
    expect(attempt.statuses).toEqual([200]);
    expect(attempt.phases).toEqual(['connect', 'headers', 'connect', 'headers', 'body']);
  });

  it('is followed to another redirect, and so on', async ({ wire }) => {
    const server = await redirector(wire);
    const second = redirect(server, '/c', 307);
    const first = redirect(server, second, 301);
    const page = await wire.fetch(first);
    expect(page.text()).toBe('/c');
    expect(page.redirects).toEqual([first, second]);
  });

  it.for([
    ['/abs', '/abs'],
    ['rel', '/dir/rel'],
    ['./rel', '/dir/rel'],
    ['../up', '/up'],
    ['?q=1', '/dir/from?q=1'],
    ['#fragment', undefined],
    ['/a b', '/a%20b'],
    ['  /trimmed  ', '/trimmed'],
    ['/a#fragment', '/a'],
    ['/%e4%b8%ad', '/%e4%b8%ad'],
    ['\\back\\slash', '/back/slash'],
  ] as const)('to %j leads to %j', async ([location, path], { wire }) => {
    const server = await wire.serve((request, response) => {
      if (request.url === '/dir/from') response.writeHead(302, { Location: location });
      response.end(request.url);
    });
    if (path === undefined) {
      expect((await wire.failure(`${server.url}/dir/from`)).message).toContain('a loop');
      return;
    }
    const page = await wire.fetch(`${server.url}/dir/from`);
    expect(page.text()).toBe(path);
    expect(page.url).toBe(server.url + path);
  });

  it('without a scheme keeps the one it had', async ({ wire }) => {
    const server = await redirector(wire);
    const page = await wire.fetch(redirect(server, server.url.slice('http:'.length) + '/x'));
    expect(page.url).toBe(`${server.url}/x`);
  });

  it.for([
    ['UTF-8', Buffer.from('/Ünï中', 'utf8'), '/%C3%9Cn%C3%AF%E4%B8%AD'],
    ['Latin-1', Buffer.from('/Ünï', 'latin1'), '/%DCn%EF'],
    ['UTF-8 in a query', Buffer.from('/?q=é', 'utf8'), '/?q=%C3%A9'],
  ] as const)('to bytes of %s keeps those bytes, as browsers do', async ([, location, path], { wire }) => {
    const server = await wire.serveRaw((socket) => {
      onHead(socket, (head) => {
        const [, asked] = head.split(' ');
        const answer =
          asked === '/from' ? ['HTTP/1.1 302 Found\r\nLocation: ', location] : ['HTTP/1.1 200 OK'];
        for (const part of answer) socket.write(part);
        socket.write(`\r\nContent-Length: ${asked!.length}\r\n\r\n${asked}`);
      });
    });
    expect((await wire.fetch(`${server.url}/from`)).text()).toBe(path);
  });
});

describe('the method and the body across a redirect', () => {
  const rules = [
    [301, 'GET', 'GET', false],
    [301, 'HEAD', 'HEAD', false],
    [301, 'POST', 'GET', false],
    [301, 'PUT', 'PUT', true],
    [301, 'DELETE', 'DELETE', true],
    [302, 'POST', 'GET', false],
    [302, 'PATCH', 'PATCH', true],
    [303, 'GET', 'GET', false],
    [303, 'HEAD', 'HEAD', false],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'DELETE', 'GET', false],
    [307, 'POST', 'POST', true],
    [307, 'GET', 'GET', false],
    [308, 'POST', 'POST', true],
    [308, 'PUT', 'PUT', true],
    [308, 'post', 'POST', true],
  ] as const;

  it.for(rules)('%d turns %s into %s, body kept: %s', async ([status, method, next, keepsBody], { wire }) => {
    const server = await redirector(wire);
    const headers = { 'Content-Type': 'application/json', 'Content-Language': 'en', 'X-Key': 'k' };
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const request: FetchRequest = { url: redirect(server, '/to', status), method, headers };
    await wire.fetch(hasBody ? { ...request, body: '{}' } : request);
    const [first, second] = server.asked;
    expect(first!.body).toBe(hasBody ? '{}' : '');
    expect(second!.line).toBe(`${next} /to`);
    expect(second!.body).toBe(keepsBody ? '{}' : '');
    expect(second!.headers['x-key']).toBe('k');
    const dropsContentHeaders = next !== method.toUpperCase();
    expect(second!.headers['content-type']).toBe(dropsContentHeaders ? undefined : 'application/json');
    expect(second!.headers['content-language']).toBe(dropsContentHeaders ? undefined : 'en');
  });

  it('keeps a body of bytes', async ({ wire }) => {
    const server = await redirector(wire);
    await wire.fetch({ url: redirect(server, '/to', 307), method: 'PUT', body: Buffer.from('bytes') });
    expect(server.asked.map(({ body }) => body)).toEqual(['bytes', 'bytes']);
  });

  it.for([300, 304, 305, 306])('%d is a page, not a redirect', async (status, { wire }) => {
    const server = await redirector(wire);
    const page = await wire.fetch(redirect(server, '/to', status));
    expect(page.status).toBe(status);
    expect(server.asked).toHaveLength(1);
  });
});

describe('headers across a redirect', () => {
  const headers = {
    Authorization: 'Bearer t',
    Cookie: 'c=1',
    'Proxy-Authorization': 'Basic p',
    'X-Api-Key': 'k',
    Host: 'virtual.example',
    Referer: 'http://secret/',
    Accept: 'a/b',
    'Accept-Language': 'en',
    'User-Agent': 'me',
    'If-None-Match': '"e"',
    Range: 'bytes=0-1',
  };

  it('all go along to the same origin', async ({ wire }) => {
    const server = await redirector(wire);
    await wire.fetch({ url: redirect(server, '/to'), headers });
    const { connection: _, ...second } = server.asked[1]!.headers;
    expect(second).toEqual({
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      'accept-encoding': acceptedEncodings,
    });
  });

  it('go along to another origin only where they cannot be a secret', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire, '127.0.0.2');
    await wire.fetch({ url: redirect(server, `${other.url}/to`), headers });
    const { connection: _, ...second } = other.asked[0]!.headers;
    expect(second).toEqual({
      host: `127.0.0.2:${other.port}`,
      accept: 'a/b',
      'accept-language': 'en',
      'accept-encoding': acceptedEncodings,
      'user-agent': 'me',
      'if-none-match': '"e"',
      range: 'bytes=0-1',
    });
  });

  it('do not go along to another port of the same host', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire);
    await wire.fetch({ url: redirect(server, `${other.url}/to`), headers });
    expect(other.asked[0]!.headers.authorization).toBeUndefined();
  });

  it('that were left behind do not come back', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire, '127.0.0.2');
    await wire.fetch({ url: redirect(server, redirect(other, `${server.url}/to`)), headers });
    const back = server.asked[1]!;
    expect(back.line).toBe('GET /to');
    expect(back.headers.authorization).toBeUndefined();
    expect(back.headers.cookie).toBeUndefined();
    expect(back.headers['x-api-key']).toBeUndefined();
  });

  it('that describe the body go where the body goes', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire, '127.0.0.2');
    await wire.fetch({
      url: redirect(server, `${other.url}/to`, 307),
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer t' },
      body: '{"a":1}',
    });
    const [{ line, headers: sent, body }] = other.asked as [Asked];
    expect([line, sent['content-type'], sent.authorization, body]).toEqual([
      'POST /to',
      'application/json',
      undefined,
      '{"a":1}',
    ]);
  });

  it('keep the credentials of the URL at the same origin', async ({ wire }) => {
    const server = await redirector(wire);
    await wire.fetch(redirect(server, '/to').replace('//', '//user:pass@'));
    expect(server.asked.map(({ headers: { authorization } }) => authorization)).toEqual([
      'Basic dXNlcjpwYXNz',
      'Basic dXNlcjpwYXNz',
    ]);
  });

  it('do not carry the credentials of the URL to another origin, nor back', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire, '127.0.0.2');
    const url = redirect(server, redirect(other, `${server.url}/to`)).replace('//', '//user:pass@');
    await wire.fetch(url);
    expect(other.asked[0]!.headers.authorization).toBeUndefined();
    expect(server.asked[1]!.headers.authorization).toBeUndefined();
  });

  it('take the credentials of the Location, and show them nowhere', async ({ wire }) => {
    const server = await redirector(wire);
    const other = await redirector(wire, '127.0.0.2');
    const page = await wire.fetch(redirect(server, other.url.replace('//', '//u:S3cr3t@') + '/to'));
    expect(other.asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('u:S3cr3t').toString('base64')}`);
    expect(page.url).toBe(`${other.url}/to`);
  });
});

describe('a redirect that is not followed', () => {
  it.for([
    ['without a Location', 'HTTP/1.1 302 Found\r\n', 'without a Location'],
    ['with an empty Location', 'HTTP/1.1 302 Found\r\nLocation: \r\n', 'without a Location'],
    ['with two', 'HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n', 'with several Locations'],
    [
      'to what is no URL',
      'HTTP/1.1 302 Found\r\nLocation: http://[\r\n',
      'to "http://[", which is not a URL',
    ],
    [
      'to a port that is none',
      'HTTP/1.1 307 X\r\nLocation: //h:99999/\r\n',
      'to "//h:99999/", which is not a URL',
    ],
    [
      'to ftp:',
      'HTTP/1.1 302 X\r\nLocation: ftp://h/\r\n',
      'to "ftp://h/": only http: and https: are followed',
    ],
    [
      'to file:',
      'HTTP/1.1 302 X\r\nLocation: file:///a\r\n',
      'to "file:///a": only http: and https: are followed',
    ],
    [
      'to javascript:',
      'HTTP/1.1 301 X\r\nLocation: javascript:x\r\n',
      'to "javascript:x": only http: and https: are followed',
    ],
    ['to itself', 'HTTP/1.1 302 X\r\nLocation: /\r\n', 'to "/", where it came from: a loop'],
  ] as const)('because it comes %s', async ([, head, why], { wire }) => {
    const server = await wire.serveBytes(`${head}Content-Length: 5\r\n\r\nmoved`, { stay: true });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'redirect', retryable: false, status: Number(head.slice(9, 12)) });
    expect(error.message).toContain(`GET ${server.url}/: redirects (${head.slice(9, 12)}) ${why}`);
    await server.idle(); // the connection is not kept
  });

  it('because it leads round in a circle', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      response.writeHead(302, { Location: request.url === '/a' ? '/b' : '/a' }).end();
    });
    const error = await wire.failure(`${server.url}/a`);
    expect(error.message).toBe(`GET ${server.url}/b: redirects (302) to "/a", where it came from: a loop`);
  });

  it('because there were more than maxRedirects', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      response.writeHead(302, { Location: `/${Number(request.url?.slice(1)) + 1}` }).end();
    });
    const error = await wire.failure(`${server.url}/0`, { maxRedirects: 3 });
    expect(error).toMatchObject({ kind: 'redirect', retryable: false, status: 302 });
    expect(error.message).toBe(
      `GET ${server.url}/3: redirects (302) once more than maxRedirects (3) allows: raise it or ask for "/4" itself`,
    );
  });

  it('shows no password of its Location', async ({ wire }) => {
    const server = await redirector(wire);
    for (const to of ['ftp://u:S3cr3t@h/', 'http://u:S3cr3t@[/', '//u:S3cr3t@h:x/']) {
      const error = await wire.failure(redirect(server, to));
      expect(error.kind).toBe('redirect');
      expect(
        JSON.stringify({
          ...error.toJSON(),
          message: error.message.split(' redirects ')[1] ?? error.message,
        }),
      ).not.toContain('S3cr3t');
    }
  });
});

describe('a redirect that is followed', () => {
  it('when it is just the last that maxRedirects allows', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      const n = Number(request.url?.slice(1));
      if (n < 3) response.writeHead(302, { Location: `/${n + 1}` });
      response.end(String(n));
    });
    const page = await wire.fetch(`${server.url}/0`, { maxRedirects: 3 });
    expect([page.text(), page.redirects.length]).toEqual(['3', 3]);
  });

  it('when it is the only one that maxRedirects allows', async ({ wire }) => {
    const server = await redirector(wire);
    expect((await wire.fetch(redirect(server, '/to'), { maxRedirects: 1 })).text()).toBe('/to');
  });

  it('when it leads to where another method came from: no loop', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { Location: '/home' });
      else if (request.url === '/home') response.writeHead(302, { Location: '/login' });
      response.end(`${request.method} ${request.url}`);
    });
    const page = await wire.fetch({ url: `${server.url}/login`, method: 'POST', body: 'x' });
    expect(page.text()).toBe('GET /login');
    expect(page.redirects).toEqual([`${server.url}/login`, `${server.url}/home`]);
  });

  it('when it leads to the same path with another query', async ({ wire }) => {
    const server = await wire.serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { Location: '/a?once' });
      response.end(request.url);
    });
    expect((await wire.fetch(`${server.url}/a`)).text()).toBe('/a?once');
  });
});

describe('with maxRedirects 0', () => {
  it('a redirect is the page', async ({ wire }) => {
    const server = await redirector(wire);
    const page = await wire.fetch(redirect(server, '/to'), { maxRedirects: 0 });
    expect(page).toMatchObject({ status: 302, redirects: [] });
    expect(page.headers['location']).toBe('/to');
    expect(page.text()).toBe('moved');
    expect(server.asked).toHaveLength(1);
  });
});

describe("a redirect's own body", () => {
  /** A redirect to /to whose own body `answer` writes. */
  const serving = (
    wire: Wire,
    head: string,
    body: (write: (text: string) => boolean) => void,
  ): Promise<TestServer> =>
    wire.serveRaw((socket) => {
      onHead(socket, (asked) => {
        if (asked.startsWith('GET /to ')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else {
          socket.write(`HTTP/1.1 302 Found\r\nLocation: /to\r\n${head}\r\n\r\n`);
          body((text) => !socket.destroyed && socket.write(text));
        }
      });
    });

  const bodies = [
    ['is short', 'Content-Length: 5', (write: (text: string) => boolean) => write('moved')],
    ['never comes', 'Content-Length: 5', () => undefined],
    ['never ends', 'Content-Length: 500', (write: (text: string) => boolean) => write('moved')],
    [
      'never ends, in chunks',
      'Transfer-Encoding: chunked',
      (write: (text: string) => boolean) => write('5\r\nmoved\r\n'),
    ],
    [
      'is huge',
      'Content-Length: 1000000000000',
      (write: (text: string) => boolean) => {
        const flood = (): unknown => write('x'.repeat(65_536)) && setImmediate(flood);
        flood();
      },
    ],
    [
      'is not valid chunks',
      'Transfer-Encoding: chunked',
      (write: (text: string) => boolean) => write('nonsense'),
    ],
  ] as const;

  it.for(bodies)('that %s does not hold the page back', async ([, head, body], { wire }) => {
    const server = await serving(wire, head, body);
    expect((await wire.fetch(server.url)).text()).toBe('ok');
  });

  it.for(bodies)(
    'that %s does not hold the page back on a single connection',
    async ([, head, body], { wire }) => {
      const server = await serving(wire, head, body);
      const single = new Agent({ connections: 1 });
      const texts: string[] = [];
      await wire.open(server.url, {}, single).pages.forEach((page) => void texts.push(page.text()));
      expect(texts).toEqual(['ok']);
      await single.close();
    },
  );

  it('that comes with its head leaves its connection to the next hop', async ({ wire }) => {
    const server = await redirector(wire);
    await wire.fetch(redirect(server, redirect(server, '/to')));
    expect(server.asked).toHaveLength(3);
    expect(server.accepted).toBe(1);
  });
});
