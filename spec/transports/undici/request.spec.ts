import type { IncomingMessage } from 'node:http';
import { afterAll, describe, expect } from 'vitest';
import type { FetchRequest } from '../../../lib/model/request.js';
import { acceptedEncodings } from '../../../lib/transports/undici/decode.js';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  /** Names and values as they came. */
  readonly raw: readonly string[];
  readonly body: Buffer;
}

/** What a server is asked when the request is sent to it. */
async function asked(wire: Wire, request: Partial<FetchRequest>, path = '/', userinfo = ''): Promise<Asked> {
  const requests: Asked[] = [];
  const server = await wire.serve((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method, url, headers, rawHeaders } = message;
      requests.push({ line: `${method} ${url}`, headers, raw: rawHeaders, body: Buffer.concat(chunks) });
      response.end();
    });
  });
  await wire.fetch({ ...request, url: server.url.replace('//', `//${userinfo}`) + path });
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

describe('a request', () => {
  it('is a GET that takes compressed answers and says nothing else', async ({ wire }) => {
    const { line, headers, body } = await asked(wire, {});
    expect(line).toBe('GET /');
    expect(headers).toEqual({
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      connection: 'keep-alive',
      'accept-encoding': acceptedEncodings,
    });
    expect(body).toHaveLength(0);
  });

  it.for(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'Patch'])(
    'has the method %s',
    async (method, { wire }) => {
      expect((await asked(wire, { method })).line).toBe(`${method.toUpperCase()} /`);
    },
  );

  it('asks for path and query as the URL has them, and for no fragment', async ({ wire }) => {
    const path = '/a%20b/%2F//c;d=e?f=g&h=%26&i=+#fragment';
    expect((await asked(wire, {}, path)).line).toBe('GET /a%20b/%2F//c;d=e?f=g&h=%26&i=+');
  });

  it('escapes in its path what must be escaped', async ({ wire }) => {
    expect((await asked(wire, {}, '/ä b?ß"')).line).toBe('GET /%C3%A4%20b?%C3%9F%22');
  });

  describe('with a body', () => {
    it('of text is sent as UTF-8 with its length', async ({ wire }) => {
      const { headers, body } = await asked(wire, { method: 'POST', body: 'aé東' });
      expect(headers['content-length']).toBe('6');
      expect(body.toString()).toBe('aé東');
    });

    it('of bytes is sent as it is', async ({ wire }) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const { headers, body } = await asked(wire, { method: 'PUT', body: bytes });
      expect(headers['content-length']).toBe('256');
      expect(Buffer.from(bytes).equals(body)).toBe(true);
    });

    it('of a part of some bytes is that part', async ({ wire }) => {
      const body = new Uint8Array(Buffer.from('xxpartxx')).subarray(2, 6);
      expect((await asked(wire, { method: 'POST', body })).body.toString()).toBe('part');
    });

    it.for(['', new Uint8Array()])('that is empty says so: %j', async (body, { wire }) => {
      expect((await asked(wire, { method: 'POST', body })).headers['content-length']).toBe('0');
    });

    it.for(['GET', 'DELETE'])('is sent with a %s, too', async (method, { wire }) => {
      expect((await asked(wire, { method, body: 'x' })).body.toString()).toBe('x');
    });

    it('of a megabyte arrives whole', async ({ wire }) => {
      const text = 'x'.repeat(1024 * 1024);
      expect((await asked(wire, { method: 'POST', body: text })).body.toString()).toBe(text);
    });
  });

  describe('with headers', () => {
    it('sends them in the letters they were given in', async ({ wire }) => {
      const { raw } = await asked(wire, { headers: { 'X-MiXeD': 'a', accept: 'b/c', 'User-Agent': 'd' } });
      expect(raw).toEqual(expect.arrayContaining(['X-MiXeD', 'a', 'accept', 'b/c', 'User-Agent', 'd']));
    });

    it('sends one for each value of a list', async ({ wire }) => {
      const { raw } = await asked(wire, { headers: { 'X-List': ['1', '2', '3'], 'X-None': [] } });
      const values = raw.filter((_, i) => raw[i - 1] === 'X-List');
      expect(values).toEqual(['1', '2', '3']);
      expect(raw).not.toContain('X-None');
    });

    it('sends its own accept-encoding, once', async ({ wire }) => {
      const { raw } = await asked(wire, { headers: { 'Accept-Encoding': 'identity' } });
      expect(raw.filter((name) => name.toLowerCase() === 'accept-encoding')).toEqual(['Accept-Encoding']);
      expect(raw).toContain('identity');
    });

    it('sends its own host', async ({ wire }) => {
      expect((await asked(wire, { headers: { Host: 'virtual.example' } })).headers.host).toBe(
        'virtual.example',
      );
    });

    it('sends values that are Latin-1', async ({ wire }) => {
      expect((await asked(wire, { headers: { 'X-Name': 'Zoë' } })).headers['x-name']).toBe('Zoë');
    });
  });

  describe('with credentials in its URL', () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

    it.for([
      ['user:pass@', 'user:pass'],
      ['user@', 'user:'],
      [':pass@', ':pass'],
      ['us%3Aer:p%40ss%2F@', 'us:er:p@ss/'],
      ['%C3%BCser:p%C3%A4ss@', 'üser:päss'],
      ['user:100%@', 'user:100%'],
    ] as const)('%s authorizes by them', async ([userinfo, text], { wire }) => {
      expect((await asked(wire, {}, '/', userinfo)).headers.authorization).toBe(basic(text));
    });

    it('prefers an Authorization header of its own', async ({ wire }) => {
      const { raw } = await asked(wire, { headers: { AUTHORIZATION: 'Bearer t' } }, '/', 'user:pass@');
      expect(raw.filter((name) => name.toLowerCase() === 'authorization')).toEqual(['AUTHORIZATION']);
      expect(raw).toContain('Bearer t');
    });

    it('keeps its other headers', async ({ wire }) => {
      const { headers } = await asked(wire, { headers: { 'X-A': 'b' } }, '/', 'user:pass@');
      expect(headers).toMatchObject({ 'x-a': 'b', authorization: basic('user:pass') });
    });
  });

  it('is not changed by being sent', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end());
    const request: FetchRequest = Object.freeze({
      url: `${server.url.replace('//', '//u:p@')}/`,
      headers: Object.freeze({ a: 'b', list: Object.freeze(['c']) }),
      context: Object.freeze({}),
    });
    await expect(wire.fetch(request)).resolves.toMatchObject({ status: 200 });
  });
});

describe('a request that cannot be sent', () => {
  const unsendable: readonly (readonly [what: string, Partial<FetchRequest>])[] = [
    ['a header name with a space', { headers: { 'a b': 'c' } }],
    ['a header value with a line break', { headers: { a: 'b\r\nc: d' } }],
    ['a header value beyond Latin-1', { headers: { a: '東' } }],
    ['transfer-encoding', { headers: { 'transfer-encoding': 'chunked' } }],
    ['expect', { headers: { expect: '100-continue' } }],
    ['two hosts', { headers: { host: ['a', 'b'] } }],
    ['a content-length that is wrong', { method: 'POST', body: 'abc', headers: { 'content-length': '5' } }],
    ['a content-length that is none', { method: 'POST', body: 'abc', headers: { 'content-length': 'x' } }],
    ['a method that is none', { method: 'G T' }],
    ['a header that is an object', { headers: { a: {} as string } }],
    ['a body that is an object', { method: 'POST', body: {} as string }],
  ];

  it.for(unsendable)('because of %s is invalid', async ([, request], { wire }) => {
    const server = await wire.serve((_request, response) => response.end());
    const error = await wire.failure({ ...request, url: server.url });
    expect(error).toMatchObject({ kind: 'invalid', retryable: false });
    expect(error.message).toContain(`${request.method ?? 'GET'} ${server.url}/: `);
  });

  it('because it opens a tunnel is invalid, and the tunnel is closed', async ({ wire }) => {
    const server = await wire.serveBytes('HTTP/1.1 200 Connection established\r\n\r\n', { stay: true });
    const error = await wire.failure({ url: server.url, method: 'CONNECT' });
    expect(error).toMatchObject({ kind: 'invalid', retryable: false });
    await server.idle();
  });

  it.for(['nonsense', 'ftp://host/', ''])('because of the URL %j is invalid', async (url, { wire }) => {
    const error = await new Promise((resolve) => wire.transport({ url }).subscribe({ error: resolve }));
    expect(error).toMatchObject({ name: 'FetchError', kind: 'invalid' });
  });
});
