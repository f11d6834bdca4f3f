import { fetch as undiciFetch } from 'undici';
import { describe, expect } from 'vitest';
import type { Fetch } from '../../../lib/transports/fetch/exchange.js';
import { fetchTransport } from '../../../lib/transports/fetch/index.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { closedPort } from '../../support/servers.js';
import { it } from '../../support/web.js';

leavesNothingBehind();

const head = 'HTTP/1.1 200 OK\r\n';
/** That of Node 20 takes a body in chunks for whole where it is cut after `Connection: close`. */
const newerFetch = undiciFetch as unknown as Fetch; // its types are undici's, and not those of the platform

describe('a failure of fetch', () => {
  it.for([
    ['a connection closed without an answer', '', 'network', 'headers', true],
    ['what is not HTTP', 'hello\r\n\r\n', 'protocol', 'headers', false],
    ['a body that is cut by its length', `${head}Content-Length: 9\r\n\r\nabc`, 'network', 'body', true],
    [
      'a body that is cut by its chunks',
      `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
      'network',
      'body',
      true,
    ],
    [
      'a body whose chunks are none',
      `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc`,
      'protocol',
      'body',
      false,
    ],
    [
      'a body that is not gzip',
      `${head}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc`,
      'decode',
      'body',
      false,
    ],
  ] as const)('of %s is told by its cause', async ([, answer, kind, phase, retryable], { web }) => {
    const server = await web.serveBytes(answer);
    const error = await web.failure(server.url);
    expect(error).toMatchObject({ kind, phase, retryable });
    expect(error.message).toMatch(new RegExp(`^GET ${server.url}/: .`));
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.for([
    ['of known length', 'Content-Length: 9\r\n\r\nabc', fetch],
    ['of known length', 'Content-Length: 9\r\n\r\nabc', newerFetch],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', newerFetch],
    ['in a chunk', 'Transfer-Encoding: chunked\r\n\r\n5\r\nab', newerFetch],
  ] as const)('of a body %s that is cut after Connection: close is of the network', async (row, { web }) => {
    const [, answer, by] = row;
    const server = await web.serveBytes(`${head}Connection: close\r\n${answer}`);
    const error = await web.failure(server.url, {}, by);
    expect(error).toMatchObject({ kind: 'network', phase: 'body', retryable: true });
    expect(error.message).toBe(`GET ${server.url}/: the connection was closed before the end of the body`);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('to connect says so', async ({ web }) => {
    const error = await web.failure(`http://127.0.0.1:${await closedPort()}/`);
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', retryable: true });
  });

  it.for([
    ['Location: ftp://host/', /scheme/],
    ['Location: http://:99999/', /Invalid URL/],
    ['Location: /', /redirect count/],
    ['X-Location: /', /redirects \(302\) without a Location/],
  ] as const)('to follow "%s" is a redirect\'s', async ([header, message], { web }) => {
    const server = await web.serve((_request, response) => {
      const [name = '', value = ''] = header.split(/: (.*)/);
      response.writeHead(302, { [name]: value }).end();
    });
    const error = await web.failure(server.url);
    expect(error).toMatchObject({ kind: 'redirect', retryable: false });
    expect(error.message).toMatch(message);
  });

  it.for([
    ['method', { method: 'TRACE' }],
    ['body of a GET', { body: 'text' }],
    ['header name', { headers: { 'a b': 'c' } }],
    ['header value', { headers: { a: 'b\r\nc' } }],
    ['header that is no text', { headers: { a: 1 as unknown as string } }],
  ] as const)('of a request whose %s is not valid is its own', async ([, request], { web }) => {
    const error = await web.failure({ url: 'http://127.0.0.1:9/', ...request });
    expect(error).toMatchObject({ kind: 'invalid', retryable: false });
  });

  const failing = (error: unknown) => () => Promise.reject(error);

  it('that a browser does not explain is of the network, with what it may be', async ({ web }) => {
    const error = await web.failure('http://host.example/', {}, failing(new TypeError('Failed to fetch')));
    expect(error).toMatchObject({ kind: 'network', phase: 'headers', retryable: true });
    expect(error.message).toBe(
      'GET http://host.example/: Failed to fetch: no connection, or a browser may not read the answer (CORS)',
    );
  });

  it('that a browser does not explain, in the body, is of the network', async ({ web }) => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError('network error')),
    });
    const error = await web.failure('http://host.example/', {}, () => Promise.resolve(new Response(body)));
    expect(error).toMatchObject({ kind: 'network', phase: 'body', retryable: true });
    expect(error.message).toBe('GET http://host.example/: network error');
  });

  it('is not judged by words of the URL', async ({ web }) => {
    const cause = new Error('socket hang up');
    const fetch = failing(new TypeError('fetch failed', { cause }));
    const error = await web.failure('http://host.example/scheme?redirect count', {}, fetch);
    expect(error.kind).toBe('network');
  });

  it.for([
    ['cancelled', new DOMException('the user said so', 'AbortError')],
    ['timeout', new DOMException('it took too long', 'TimeoutError')],
    ['unknown', new RangeError('a mistake in your fetch')],
    ['unknown', 'not even an error'],
  ] as const)('of the kind %s is told by what your fetch rejects with', async ([kind, thrown], { web }) => {
    expect(await web.failure('http://host.example/', {}, failing(thrown))).toMatchObject({
      kind,
      cause: thrown,
    });
  });

  it('of a fetch that throws is a failure all the same', async ({ web }) => {
    const error = await web.failure('http://host.example/', {}, () => {
      throw new RangeError('thrown at once');
    });
    expect(error).toMatchObject({ kind: 'unknown', phase: 'headers' });
  });

  it('of a platform without fetch says what to do', async ({ web }) => {
    const { fetch } = globalThis;
    Reflect.deleteProperty(globalThis, 'fetch');
    try {
      expect((await web.failure('http://host.example/')).message).toBe(
        'GET http://host.example/: there is no global fetch here: pass one, fetchTransport({ fetch })',
      );
    } finally {
      globalThis.fetch = fetch;
    }
  });

  const answering = (properties: object) => () =>
    Promise.resolve(
      Object.defineProperties(new Response('secret'), Object.getOwnPropertyDescriptors(properties)),
    );

  it('is what a browser makes of a redirect that is not to be followed', async ({ web }) => {
    const fetch = answering({ type: 'opaqueredirect', status: 0 });
    const error = await web.failure('http://host.example/', { maxRedirects: 0 }, fetch);
    expect(error).toMatchObject({ kind: 'redirect', retryable: false });
    expect(error.message).toContain('maxRedirects is 0');
  });

  it('is what came without TLS though it was asked for with it', async ({ web }) => {
    const fetch = answering({ url: 'http://host.example/b' });
    const error = await web.failure('https://host.example/', {}, fetch);
    expect(error).toMatchObject({ kind: 'redirect', retryable: false });
    expect(error.message).toContain('from https: to http: is not followed');
  });

  it('is one of an invalid URL, before anything is sent', () => {
    const errors: unknown[] = [];
    fetchTransport()({ url: 'ftp://host/' }).subscribe({ error: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ kind: 'invalid' }]);
  });
});
