import { describe, expect, vi } from 'vitest';
import { envProxy } from '../../../lib/transports/undici/env-proxy.js';
import { undiciTransport, type UndiciTransportOptions } from '../../../lib/transports/undici/index.js';
import { selfSigned } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { failureOf, it, pageOf } from '../../support/net.js';
import { closedPort } from '../../support/servers.js';

leavesNothingBehind();

const allow: UndiciTransportOptions = { privateAddresses: 'allow' };
const tls = selfSigned({ hosts: ['127.0.0.1', 'inside.example'] });
const withCredentials = (url: string, credentials: string): string =>
  url.replace('://', `://${credentials}@`);

describe('a proxy', () => {
  it('fetches http: pages by their whole URL, headers of the caller and all', async ({ net }) => {
    const server = await net.serve(({ rawHeaders }, response) => response.end(rawHeaders.join(' ')));
    const proxy = await net.serveProxy();
    const transport = undiciTransport({ ...allow, proxy: proxy.url });
    const page = await pageOf(transport, { url: `${server.url}/a?b=c`, headers: { 'X-Two': ['1', '2'] } });
    expect(page).toMatchObject({ url: `${server.url}/a?b=c`, status: 200 });
    expect(page.text()).toContain(`host 127.0.0.1:${server.port}`);
    expect(page.text()).toMatch(/x-two 1, 2/i);
    expect(proxy.asked).toEqual([`GET ${server.url}/a?b=c`]);
  });

  it('sends a body on, and keeps its connection', async ({ net }) => {
    const server = await net.serve((request, response) => void request.pipe(response));
    const proxy = await net.serveProxy();
    const transport = undiciTransport({ ...allow, proxy: proxy.url });
    for (const body of ['one', 'two']) {
      expect((await pageOf(transport, { url: server.url, method: 'POST', body })).text()).toBe(body);
    }
    expect(proxy.accepted).toBe(1);
  });

  it('opens a tunnel to https: pages, whose certificates are verified as ever', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('safe'), { tls });
    const proxy = await net.serveProxy();
    const transport = undiciTransport({ ...allow, proxy: proxy.url, ca: tls.cert });
    for (const path of ['/1', '/2']) expect((await pageOf(transport, server.url + path)).text()).toBe('safe');
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port}`]); // one for both
    const error = await failureOf(undiciTransport({ ...allow, proxy: proxy.url }), server.url);
    expect(error).toMatchObject({ kind: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('is spoken to by TLS where its URL says https:', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const secure = await net.serve((_request, response) => response.end('safe'), { tls });
    const proxy = await net.serveProxy({ tls });
    const transport = undiciTransport({ ...allow, proxy: proxy.url, ca: tls.cert });
    expect((await pageOf(transport, server.url)).text()).toBe('page');
    expect((await pageOf(transport, secure.url)).text()).toBe('safe');
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port}`, `CONNECT 127.0.0.1:${secure.port}`]);
    const error = await failureOf(undiciTransport({ ...allow, proxy: proxy.url }), server.url);
    expect(error).toMatchObject({ kind: 'proxy', retryable: false });
    expect(error.message).toContain(`the proxy ${proxy.url} cannot be used: self-signed certificate`);
  });

  it('looks names up itself', async ({ net }) => {
    const server = await net.serve(({ headers }, response) => response.end(headers.host), { tls });
    const proxy = await net.serveProxy({ lead: () => `127.0.0.1:${server.port}` });
    const transport = undiciTransport({
      ...allow,
      proxy: proxy.url,
      ca: tls.cert,
      dns: { lookup: (_name, _options, done) => done(new Error('it is not asked'), []) },
    });
    expect((await pageOf(transport, 'https://inside.example/')).text()).toBe('inside.example');
    expect(proxy.asked).toEqual(['CONNECT inside.example:443']);
  });

  it('is given the credentials of its URL, which no message shows', async ({ net }) => {
    const server = await net.serve((request, response) => response.end(JSON.stringify(request.headers)));
    const secure = await net.serve((_request, response) => response.end('safe'), { tls });
    const proxy = await net.serveProxy({ credentials: 'me:p@ss' });
    const right = undiciTransport({
      ...allow,
      proxy: withCredentials(proxy.url, 'me:p%40ss'),
      ca: tls.cert,
    });
    expect((await pageOf(right, server.url)).text()).not.toContain('proxy-authorization');
    expect((await pageOf(right, secure.url)).text()).toBe('safe');
    const wrong = undiciTransport({ ...allow, proxy: withCredentials(proxy.url, 'me:secret') });
    for (const url of [server.url, secure.url]) {
      const error = await failureOf(wrong, url);
      expect(error).toMatchObject({ kind: 'proxy', retryable: false });
      expect(error.message).toBe(
        `GET ${url}/: the proxy ${proxy.url} asks for credentials (407): put them into its URL as user:password@`,
      );
    }
  });

  it('is chosen for each hop where it is a function', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const proxies = [await net.serveProxy(), await net.serveProxy()];
    const origins: string[] = [];
    const transport = undiciTransport({
      ...allow,
      proxy: (origin) => proxies[origins.push(origin) % 3]?.url,
    });
    for (const path of ['/1', '/2', '/3', '/4']) await pageOf(transport, server.url + path);
    expect(origins).toEqual(Array(4).fill(server.url));
    expect(proxies.map(({ asked }) => asked)).toEqual([
      [`GET ${server.url}/3`],
      [`GET ${server.url}/1`, `GET ${server.url}/4`],
    ]);
    expect(server.accepted).toBe(4); // the second came straight there
  });
});

describe('a failure of the proxy', () => {
  it.for(['http', 'https'])('that nobody listens, for a page of %s:', async (scheme) => {
    const port = await closedPort();
    const transport = undiciTransport({ ...allow, proxy: `http://127.0.0.1:${port}` });
    const error = await failureOf(transport, `${scheme}://inside.example/`);
    expect(error).toMatchObject({ kind: 'proxy', phase: 'connect', retryable: true });
    expect(error.message).toBe(
      `GET ${scheme}://inside.example/: the proxy http://127.0.0.1:${port} cannot be used: ` +
        `connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it.for([
    ['no', 'HTTP/1.1 403 Forbidden\r\n\r\n', false, 'answers 403 to CONNECT inside.example:443'],
    [
      'not now',
      'HTTP/1.1 503 Service Unavailable\r\n\r\n',
      true,
      'answers 503 to CONNECT inside.example:443',
    ],
    ['something else than HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', false, 'does not answer in HTTP'],
    [
      'more than it was asked',
      'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n',
      false,
      'speaks before the target does',
    ],
    ['without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, false, 'answers without end'],
  ] as const)('that it answers %s', async ([, answer, retryable, told], { net }) => {
    const proxy = await net.serveProxy({ answer });
    const transport = undiciTransport({ ...allow, proxy: proxy.url });
    const error = await failureOf(transport, 'https://inside.example/');
    expect(error).toMatchObject({ kind: 'proxy', phase: 'connect', retryable });
    expect(error.message).toBe(`GET https://inside.example/: the proxy ${proxy.url} ${told}`);
    await proxy.idle();
  });

  it('that it does not answer', async ({ net, onTestFinished }) => {
    const asked: { now?: () => void } = {};
    const isAsked = new Promise<void>((resolve) => (asked.now = resolve));
    const proxy = await net.serveRaw((socket) => void socket.once('data', () => asked.now?.()));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const outcome = failureOf(undiciTransport({ ...allow, proxy: proxy.url }), 'https://inside.example/');
    await isAsked;
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    const error = await outcome;
    expect(error).toMatchObject({ kind: 'proxy', phase: 'connect', retryable: true });
    expect(error.message).toContain('has not answered CONNECT inside.example:443 in 10000 ms');
  });

  it('that it hangs up', async ({ net }) => {
    const proxy = await net.serveRaw((socket) => void socket.once('data', () => socket.end()));
    const transport = undiciTransport({ ...allow, proxy: proxy.url });
    const error = await failureOf(transport, 'https://inside.example/');
    expect(error).toMatchObject({ kind: 'proxy', phase: 'connect', retryable: true });
    expect(error.message).toContain(`the proxy ${proxy.url} hangs up at CONNECT inside.example:443`);
  });

  it.for<[why: string, choose: () => string, told: RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no proxies left');
      },
      /`proxy` threw for http:\/\/inside\.example: Error: no proxies left/,
    ],
    ['returns no URL', () => 'http://', /the proxy "http:\/\/" is not a URL/],
    [
      'returns one of another kind',
      () => 'socks5://me:secret@h:1',
      /the proxy "socks5:\/\/\*\*\*@h:1" is neither/,
    ],
  ])('that the function %s', async ([, proxy, told]) => {
    const error = await failureOf(undiciTransport({ ...allow, proxy }), 'http://inside.example/');
    expect(error).toMatchObject({ kind: 'proxy', retryable: false });
    expect(error.message).toMatch(told);
  });
});

describe('private addresses behind a proxy', () => {
  it.for<UndiciTransportOptions>([{}, { privateAddresses: 'direct' }, { privateAddresses: 'block' }])(
    'are refused to be guarded with %j, which nobody could keep',
    (options) => {
      const refusal =
        /^undiciTransport: privateAddresses: '\w+' cannot be kept through a proxy, .* proxyFilters: true/;
      expect(() => undiciTransport({ ...options, proxy: 'http://127.0.0.1:1' })).toThrow(refusal);
      expect(() => undiciTransport({ ...options, proxy: () => undefined })).toThrow(refusal);
      expect(undiciTransport({ ...options, proxy: 'http://127.0.0.1:1', proxyFilters: true })).toBeTypeOf(
        'function',
      );
    },
  );

  it('are guarded where the proxy filters and a page goes without it', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('secret'));
    const proxy = await net.serveProxy();
    const transport = undiciTransport({
      privateAddresses: 'block',
      proxyFilters: true,
      proxy: (origin) => (origin.includes('outside') ? proxy.url : null),
    });
    expect(await failureOf(transport, server.url)).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });

  it('are not redirected to by a page that came through it', async ({ net }) => {
    const server = await net.serve((_request, response) => response.end('secret'));
    const other = await net.serve((_request, response) =>
      response.writeHead(302, { Location: server.url }).end(),
    );
    const proxy = await net.serveProxy({ lead: () => `127.0.0.1:${other.port}` });
    const transport = undiciTransport({
      proxyFilters: true,
      proxy: (origin) => (origin.includes('outside') ? proxy.url : null),
    });
    expect(await failureOf(transport, 'http://outside.example/')).toMatchObject({ kind: 'blocked' });
    expect(server.accepted).toBe(0);
  });
});

describe("proxy: 'env'", () => {
  const choose = (env: Record<string, string>, ...urls: string[]): unknown[] =>
    urls.map((url) => envProxy(env)?.(new URL(url).origin));

  it('reads who is named for which scheme', () => {
    const urls = ['http://a/', 'https://a/'];
    expect(envProxy({})).toBeUndefined();
    expect(envProxy({ http_proxy: '', no_proxy: 'a' })).toBeUndefined();
    expect(choose({ http_proxy: 'p' }, ...urls)).toEqual(['p', undefined]);
    expect(choose({ HTTPS_PROXY: 'P' }, ...urls)).toEqual([undefined, 'P']);
    expect(choose({ all_proxy: 'p', https_proxy: 's' }, ...urls)).toEqual(['p', 's']);
    expect(choose({ http_proxy: 'p', HTTP_PROXY: 'P' }, ...urls)).toEqual(['p', undefined]);
  });

  it('leaves out HTTP_PROXY in a CGI program, where it is a header of the request', () => {
    expect(envProxy({ HTTP_PROXY: 'P', REQUEST_METHOD: 'GET' })).toBeUndefined();
    expect(choose({ http_proxy: 'p', REQUEST_METHOD: 'GET' }, 'http://a/')).toEqual(['p']);
  });

  it.for([
    ['*', 'http://a.example/', false],
    ['example.org', 'http://example.org/', false],
    ['example.org', 'http://www.example.org/', false],
    ['example.org', 'http://badexample.org/', true],
    ['.example.org', 'http://www.example.org/', false],
    ['*.EXAMPLE.org', 'http://www.example.org/', false],
    ['a, example.org  b', 'http://example.org/', false],
    ['example.org:8080', 'http://example.org/', true],
    ['example.org:8080', 'http://example.org:8080/', false],
    ['example.org:443', 'https://example.org/', false],
    ['::1', 'http://[::1]:81/', false],
    ['[::1]:81', 'http://[::1]:81/', false],
    ['[::1]:82', 'http://[::1]:81/', true],
    ['127.0.0.1', 'http://127.0.0.1:81/', false],
  ] as const)('with no_proxy=%s uses it for %s: %s', ([no_proxy, url, isUsed]) => {
    expect(choose({ all_proxy: 'p', no_proxy }, url)).toEqual([isUsed ? 'p' : undefined]);
  });

  it('goes through the proxy that the environment names', async ({ net, onTestFinished }) => {
    const server = await net.serve((_request, response) => response.end('page'));
    const proxy = await net.serveProxy();
    const before = { ...process.env };
    onTestFinished(() => void (process.env = before));
    for (const name of ['no_proxy', 'NO_PROXY', 'all_proxy', 'ALL_PROXY'])
      Reflect.deleteProperty(process.env, name);
    process.env['http_proxy'] = proxy.url.replace('http://', ''); // as many write it
    expect(() => undiciTransport({ proxy: 'env' })).toThrow(/cannot be kept through a proxy/);
    const transport = undiciTransport({ ...allow, proxy: 'env' });
    expect((await pageOf(transport, server.url)).text()).toBe('page');
    expect(proxy.asked).toEqual([`GET ${server.url}/`]);
    process.env['no_proxy'] = '127.0.0.1';
    await pageOf(undiciTransport({ ...allow, proxy: 'env' }), server.url);
    expect(proxy.asked).toHaveLength(1);
  });
});
