import type { Socket } from 'node:net';
import { Agent, errors } from 'undici';
import { afterAll, describe, expect } from 'vitest';
import type { FetchError } from '../../../lib/model/fetch-error.js';
import { selfSigned } from '../../support/certificate.js';
import { closedPort, onHead } from '../../support/servers.js';
import { it, openHandles, type Wire } from '../../support/wire.js';

afterAll(async () => expect(await openHandles()).toEqual([]));

/** The error of a fetch through an Agent of its own. */
async function failureThrough(wire: Wire, options: Agent.Options, url: string): Promise<FetchError> {
  const agent = new Agent(options);
  const { pages } = wire.open(url, {}, agent);
  const error = await new Promise((resolve, reject) => pages.subscribe({ next: reject, error: resolve }));
  await agent.destroy();
  return error as FetchError;
}

describe('a failure to connect', () => {
  it('to a port that nobody listens on', async ({ wire }) => {
    const port = await closedPort();
    const error = await wire.failure(`http://127.0.0.1:${port}/a?b`);
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', phase: 'connect', retryable: true });
    expect(error.message).toBe(`GET http://127.0.0.1:${port}/a?b: connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it('to a name that does not exist', async ({ wire }) => {
    const error = await wire.failure('http://no-such-host.invalid/');
    expect(error).toMatchObject({ kind: 'dns', phase: 'connect' });
  });

  it('to a name whose every address refuses', async ({ wire }) => {
    const port = await closedPort();
    const error = await failureThrough(
      wire,
      {
        autoSelectFamily: true,
        connect: {
          lookup: (_name, _options, done) =>
            done(null, [
              { address: '127.0.0.1', family: 4 },
              { address: '127.0.0.2', family: 4 },
            ]),
        },
      },
      `http://two.example:${port}/`,
    );
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', phase: 'connect', retryable: true });
    expect(error.cause).toBeInstanceOf(AggregateError);
  });

  it('in time, as when the name server does not answer', async ({ wire }) => {
    const error = await failureThrough(
      wire,
      { connect: { timeout: 1, lookup: () => undefined } },
      'http://slow.example/',
    );
    expect(error).toMatchObject({
      kind: 'timeout',
      code: 'UND_ERR_CONNECT_TIMEOUT',
      phase: 'connect',
      retryable: true,
    });
  });

  it.for([
    ['EMFILE', 'resource'],
    ['EHOSTUNREACH', 'connect'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNRESET', 'network'],
  ] as const)('for the reason %s is of kind %s', async ([code, kind], { wire }) => {
    const connect = (_options: object, done: (error: Error, socket: null) => void): void =>
      done(Object.assign(new Error('it failed'), { code }), null);
    const error = await failureThrough(wire, { connect }, 'http://host.example/');
    expect(error).toMatchObject({ kind, code, phase: 'connect', retryable: true });
  });
});

describe('a failure of TLS', () => {
  it('because the certificate is signed by itself', async ({ wire }) => {
    const server = await wire.serve((_request, response) => response.end(), { tls: selfSigned() });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({
      kind: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      phase: 'connect',
      retryable: false,
    });
  });

  it('because the certificate is of another host', async ({ wire }) => {
    const tls = selfSigned({ hosts: ['other.example', '127.0.0.9'] });
    const server = await wire.serve((_request, response) => response.end(), { tls });
    const error = await failureThrough(wire, { connect: { ca: tls.cert } }, server.url);
    expect(error).toMatchObject({ kind: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID', phase: 'connect' });
  });

  it('because the certificate is no longer valid', async ({ wire }) => {
    const tls = selfSigned({ notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') });
    const server = await wire.serve((_request, response) => response.end(), { tls });
    const error = await failureThrough(wire, { connect: { ca: tls.cert } }, server.url);
    expect(error).toMatchObject({
      kind: 'tls',
      code: 'CERT_HAS_EXPIRED',
      phase: 'connect',
      retryable: false,
    });
  });

  it('because the server does not speak it', async ({ wire }) => {
    const server = await wire.serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await wire.failure(server.url.replace('http:', 'https:'));
    expect(error).toMatchObject({ kind: 'tls', phase: 'connect', retryable: false });
  });

  it('does not befall a certificate that is trusted', async ({ wire }) => {
    const tls = selfSigned();
    const server = await wire.serve((_request, response) => response.end('safe'), { tls });
    const agent = new Agent({ connect: { ca: tls.cert } });
    const texts: string[] = [];
    await wire.open(server.url, {}, agent).pages.forEach((page) => void texts.push(page.text()));
    await agent.close();
    expect(texts).toEqual(['safe']);
  });

  it('cannot be had by a redirect from https: to http:, which is not followed', async ({ wire }) => {
    const tls = selfSigned();
    const plain = await wire.serve((_request, response) => response.end());
    const server = await wire.serve(
      (_request, response) => response.writeHead(302, { Location: plain.url }).end(),
      { tls },
    );
    const error = await failureThrough(wire, { connect: { ca: tls.cert } }, server.url);
    expect(error).toMatchObject({ kind: 'redirect', retryable: false });
    expect(error.message).toContain('from https: to http: is not followed');
    expect(plain.accepted).toBe(0);
  });

  it('does not hinder a redirect from http: to https:', async ({ wire }) => {
    const tls = selfSigned();
    const safe = await wire.serve((_request, response) => response.end('safe'), { tls });
    const server = await wire.serve((_request, response) =>
      response.writeHead(301, { Location: safe.url }).end(),
    );
    const agent = new Agent({ connect: { ca: tls.cert } });
    const urls: string[] = [];
    await wire.open(server.url, {}, agent).pages.forEach((page) => void urls.push(page.url));
    await agent.close();
    expect(urls).toEqual([`${safe.url}/`]);
  });
});

/** Lets a server write and then reset the connection, once what it wrote has arrived. */
const thenReset =
  (text: string) =>
  (socket: Socket): void => {
    onHead(socket, () => {
      if (text === '') socket.resetAndDestroy();
      else socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
    });
  };

describe('a failure before the head of the response', () => {
  it('because the connection is closed at once', async ({ wire }) => {
    const server = await wire.serveRaw((socket) => socket.end());
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'network', phase: 'headers', retryable: true });
  });

  it('because the connection is closed after the request', async ({ wire }) => {
    const server = await wire.serveBytes('');
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({
      kind: 'network',
      code: 'UND_ERR_SOCKET',
      phase: 'headers',
      retryable: true,
    });
  });

  it('because the connection is reset after the request', async ({ wire }) => {
    const server = await wire.serveRaw(thenReset(''));
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'network', phase: 'headers', retryable: true });
    expect(error.code).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
  });

  it('because the connection is closed within the head', async ({ wire }) => {
    const server = await wire.serveBytes('HTTP/1.1 200 OK\r\nContent-Le');
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'network', phase: 'headers', retryable: true });
  });

  it.for([
    ['is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['is of a version that does not exist', 'HTTP/9.9 200 OK\r\n\r\n'],
    ['has no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['has a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['has a header with a NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'],
    ['has a Content-Length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
    ['has two Content-Lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'has a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ] as const)('because the answer %s', async ([, answer], { wire }) => {
    const server = await wire.serveBytes(answer, { stay: true });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'protocol', phase: 'headers', retryable: false });
    await server.idle();
  });

  it('because the head is longer than 16 KiB', async ({ wire }) => {
    const server = await wire.serveBytes(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, {
      stay: true,
    });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({
      kind: 'protocol',
      code: 'UND_ERR_HEADERS_OVERFLOW',
      phase: 'headers',
      retryable: false,
    });
    await server.idle();
  });

  it.for(['100 Continue', '101 Switching Protocols'])(
    'because nobody asked for %s',
    async (status, { wire }) => {
      const head = `HTTP/1.1 ${status}\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`;
      const server = await wire.serveBytes(head, { stay: true });
      const error = await wire.failure(server.url);
      expect(error).toMatchObject({ kind: 'network', code: 'UND_ERR_SOCKET', phase: 'headers' });
      await server.idle();
    },
  );
});

describe('a failure in the body', () => {
  const heads = [
    ['of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', 'hello'],
    [
      'of known length, with Connection: close',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n',
      'hello',
    ],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n'],
    [
      'in chunks, with Connection: close',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
      '5\r\nhello\r\n',
    ],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhel'],
    [
      'in a chunk, with Connection: close',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
      '5\r\nhel',
    ],
    ['of known length in HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n', 'hello'],
  ] as const;

  it.for(heads)('%s, because the connection is closed', async ([, head, body], { wire }) => {
    const server = await wire.serveBytes([head, body]);
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'network', phase: 'body', retryable: true });
    expect(error.message).toMatch(
      /other side closed|the connection was closed after \d bytes of the body, before its end/,
    );
  });

  it.for(heads)('%s, because the connection is reset', async ([, head, body], { wire }) => {
    const server = await wire.serveRaw(thenReset(head + body));
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({
      kind: 'network',
      phase: expect.stringMatching(/^(headers|body)$/),
      retryable: true,
    });
  });

  it('because a chunk has no length', async ({ wire }) => {
    const server = await wire.serveBytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense', {
      stay: true,
    });
    const error = await wire.failure(server.url);
    expect(error).toMatchObject({ kind: 'protocol', phase: 'body', retryable: false });
    await server.idle();
  });

  it('does not come of bytes after its end', async ({ wire }) => {
    const server = await wire.serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more', {
      stay: true,
    });
    expect((await wire.fetch(server.url)).text()).toBe('ok');
    await server.idle(); // what follows is no response: the connection is not used again
  });
});

describe('a failure of a later hop', () => {
  it('names that hop and its phase', async ({ wire }) => {
    const port = await closedPort('127.0.0.2');
    const server = await wire.serve((_request, response) =>
      response.writeHead(303, { Location: `http://127.0.0.2:${port}/gone` }).end(),
    );
    const error = await wire.failure({ url: server.url, method: 'POST', body: 'x' });
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', phase: 'connect' });
    expect(error.message).toContain(`GET http://127.0.0.2:${port}/gone: `);
  });
});

describe('a dispatcher that is no longer there', () => {
  it.for(['close', 'destroy'] as const)('after %s() cancels what is asked of it', async (end, { wire }) => {
    const agent = new Agent();
    await agent[end]();
    const { pages } = wire.open('http://127.0.0.1:9/', {}, agent);
    const error = await new Promise((resolve) => pages.subscribe({ error: resolve }));
    expect(error).toMatchObject({ kind: 'cancelled', phase: 'connect', retryable: false });
  });

  it.for([
    ['cancels what is under way', undefined, 'cancelled'],
    [
      'fails what is under way for the reason given',
      new errors.SocketError('the network went down'),
      'network',
    ],
  ] as const)('when it is destroyed %s', async ([, reason, kind], { wire }) => {
    const agent = new Agent();
    const server = await wire.serve(() => void agent.destroy(reason ?? null));
    const { pages } = wire.open(server.url, {}, agent);
    const error = await new Promise((resolve) => pages.subscribe({ error: resolve }));
    expect(error).toMatchObject({ kind, phase: 'headers' });
  });
});
