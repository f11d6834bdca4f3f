import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts } from 'node:net';
import { runInNewContext } from 'node:vm';
import { brotliDecompressSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { errors as undiciErrors } from 'undici';
import { describe, expect, it } from 'vitest';
import {
  failureCodePrefixes,
  failureCodes,
  failureNames,
  toFetchError,
  type CodeMeaning,
} from '../../lib/model/failure-codes.js';
import { FetchError, failureKinds, type FailureKind, type Phase } from '../../lib/model/fetch-error.js';

type Row = readonly [code: string, kind: FailureKind, retry: 'retry' | 'no retry', phase?: Phase];

/** Written down a second time, so that a slip in the library's table shows. */
const codes: readonly Row[] = [
  ['ENOTFOUND', 'dns', 'no retry'],
  ['ENODATA', 'dns', 'no retry'],
  ['ENONAME', 'dns', 'no retry'],
  ['EBADNAME', 'dns', 'no retry'],
  ['EAI_AGAIN', 'dns', 'retry'],
  ['EAI_FAIL', 'dns', 'retry'],
  ['EAI_NODATA', 'dns', 'no retry'],
  ['EAI_NONAME', 'dns', 'no retry'],
  ['ESERVFAIL', 'dns', 'retry'],
  ['ETIMEOUT', 'dns', 'retry'],
  ['ECONNREFUSED', 'connect', 'retry'],
  ['EHOSTUNREACH', 'connect', 'retry'],
  ['EHOSTDOWN', 'connect', 'retry'],
  ['ENETUNREACH', 'connect', 'retry'],
  ['ENETDOWN', 'connect', 'retry'],
  ['ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'connect', 'retry'],
  ['EAFNOSUPPORT', 'connect', 'no retry'],
  ['EINVAL', 'connect', 'no retry'],
  ['EACCES', 'connect', 'no retry'],
  ['EPERM', 'connect', 'no retry'],
  ['ETIMEDOUT', 'timeout', 'retry', 'connect'],
  ['ERR_SOCKET_CONNECTION_TIMEOUT', 'timeout', 'retry', 'connect'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'retry', 'connect'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'retry', 'headers'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout', 'retry', 'body'],
  ['ECONNRESET', 'network', 'retry'],
  ['ECONNABORTED', 'network', 'retry'],
  ['EPIPE', 'network', 'retry'],
  ['ENOTCONN', 'network', 'retry'],
  ['ERR_SOCKET_CLOSED', 'network', 'retry'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'network', 'retry'],
  ['UND_ERR_SOCKET', 'network', 'retry'],
  ['UND_ERR_INFO', 'network', 'retry'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol', 'no retry'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'protocol', 'no retry'],
  ['EMFILE', 'resource', 'retry'],
  ['ENFILE', 'resource', 'retry'],
  ['ENOBUFS', 'resource', 'retry'],
  ['ENOMEM', 'resource', 'retry'],
  ['ENOSPC', 'resource', 'no retry'],
  ['EADDRNOTAVAIL', 'resource', 'retry'],
  ['EADDRINUSE', 'resource', 'retry'],
  ['UND_ERR_BPL_MISSING_UPSTREAM', 'resource', 'retry'],
  ['UND_ERR_MAX_ORIGINS_REACHED', 'resource', 'retry'],
  ['EPROTO', 'tls', 'no retry'],
  ['CERT_HAS_EXPIRED', 'tls', 'no retry'],
  ['CERT_NOT_YET_VALID', 'tls', 'no retry'],
  ['CERT_REVOKED', 'tls', 'no retry'],
  ['CERT_UNTRUSTED', 'tls', 'no retry'],
  ['CERT_REJECTED', 'tls', 'no retry'],
  ['CERT_SIGNATURE_FAILURE', 'tls', 'no retry'],
  ['CERT_CHAIN_TOO_LONG', 'tls', 'no retry'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'no retry'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'no retry'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls', 'no retry'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', 'no retry'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', 'no retry'],
  ['INVALID_CA', 'tls', 'no retry'],
  ['INVALID_PURPOSE', 'tls', 'no retry'],
  ['HOSTNAME_MISMATCH', 'tls', 'no retry'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too-large', 'no retry'],
  ['ERR_BUFFER_TOO_LARGE', 'too-large', 'no retry'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'decode', 'no retry'],
  ['ERR_INVALID_URL', 'invalid', 'no retry'],
  ['ERR_INVALID_ARG_TYPE', 'invalid', 'no retry'],
  ['ERR_INVALID_ARG_VALUE', 'invalid', 'no retry'],
  ['ERR_INVALID_CHAR', 'invalid', 'no retry'],
  ['ERR_UNESCAPED_CHARACTERS', 'invalid', 'no retry'],
  ['UND_ERR_INVALID_ARG', 'invalid', 'no retry'],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'invalid', 'no retry'],
  ['UND_ERR_NOT_SUPPORTED', 'invalid', 'no retry'],
  ['UND_ERR_REDIRECT_MAX', 'redirect', 'no retry'],
  ['UND_ERR_PRX_TLS', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5_VERSION', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5_AUTH_METHOD', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5_AUTH_REJECTED', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5_AUTH_FAILED', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5_REPLY_2', 'proxy', 'no retry'],
  ['UND_ERR_SOCKS5', 'proxy', 'retry'],
  ['ABORT_ERR', 'cancelled', 'no retry'],
  ['UND_ERR_ABORTED', 'cancelled', 'no retry'],
  ['UND_ERR_ABORT', 'cancelled', 'no retry'],
  ['UND_ERR_CLOSED', 'cancelled', 'no retry'],
  ['UND_ERR_DESTROYED', 'cancelled', 'no retry'],
];

/** A code that only its prefix explains. */
const prefixed: readonly Row[] = [
  ['HPE_INVALID_CONSTANT', 'protocol', 'no retry'],
  ['ERR_HTTP2_STREAM_ERROR', 'protocol', 'no retry'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'no retry'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'no retry'],
  ['ERR_OSSL_EVP_UNSUPPORTED', 'tls', 'no retry'],
  ['Z_DATA_ERROR', 'decode', 'no retry'],
  ['ERR__ERROR_FORMAT_CL_SPACE', 'decode', 'no retry'],
  ['ERR_BROTLI_DECODER_ERROR', 'decode', 'no retry'],
  ['ERR_ZSTD_DECOMPRESSION_FAILED', 'decode', 'no retry'],
  ['EAI_FAMILY', 'dns', 'no retry'],
  ['UND_ERR_SOCKS5_REPLY_4', 'proxy', 'retry'],
  ['UND_ERR_PRX_OTHER', 'proxy', 'retry'],
];

const names: readonly Row[] = [
  ['HTTPParserError', 'protocol', 'no retry'],
  ['AbortError', 'cancelled', 'no retry'],
  ['TimeoutError', 'timeout', 'retry', 'attempt'],
];

const subject = 'GET http://host/';
const coded = (code: string, message = 'it failed', more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });
const named = (name: string): Error => Object.assign(new Error('it failed'), { name });

function expectMeaning(error: FetchError, [, kind, retry, phase]: Row): void {
  expect({ kind: error.kind, retryable: error.retryable, phase: error.phase }).toEqual({
    kind,
    retryable: retry === 'retry',
    phase,
  });
}

describe('the table of error codes', () => {
  it.for(codes)('says that %s is %s, %s', (row) => {
    const error = toFetchError(coded(row[0]), subject);
    expectMeaning(error, row);
    expect(error.code).toBe(row[0]);
    expect(error.message).toBe(`GET http://host/: it failed (${row[0]})`);
  });

  it('has no row but these', () => {
    expect(Object.keys(failureCodes).sort()).toEqual(codes.map(([code]) => code).sort());
  });

  it.for(prefixed)('says by its prefix that %s is %s, %s', (row) => {
    expectMeaning(toFetchError(coded(row[0]), subject), row);
  });

  it('has no prefix but these, and each is needed', () => {
    const needed = failureCodePrefixes.map(
      ([prefix]) => prefixed.find(([code]) => code.startsWith(prefix) && !(code in failureCodes))?.[0],
    );
    expect(needed).toEqual(prefixed.map(([code]) => code));
  });

  it.for(names)('says that an error named %s and without a code is %s, %s', (row) => {
    const error = toFetchError(named(row[0]), subject);
    expectMeaning(error, row);
    expect(error.code).toBeUndefined();
    expect(error.message).toBe('GET http://host/: it failed');
  });

  it('has no name but these', () => {
    expect(Object.keys(failureNames).sort()).toEqual(names.map(([name]) => name).sort());
  });

  it('speaks of kinds that exist, and retries none that would fail again in the same way', () => {
    const meanings: CodeMeaning[] = [
      ...Object.values(failureCodes),
      ...failureCodePrefixes.map(([, meaning]) => meaning),
      ...Object.values(failureNames),
    ];
    for (const { kind, retryable } of meanings) {
      expect(failureKinds).toContain(kind);
      if (retryable) expect(['dns', 'connect', 'timeout', 'network', 'resource', 'proxy']).toContain(kind);
    }
  });

  it('knows every code that undici gives to a failed fetch', () => {
    // of interceptors we do not use, of WebSockets, of callers of undici that are not us, of a Node without WebAssembly
    const others = [
      'UND_ERR',
      'UND_ERR_INVALID_RETURN_VALUE',
      'UND_ERR_REQ_RETRY',
      'UND_ERR_RESPONSE',
      'ERR_WEBASSEMBLY_NOT_SUPPORTED',
    ];
    const unknown = Object.values(undiciErrors)
      .map(
        (Type) =>
          (new (Type as new (...args: unknown[]) => Error)('', undefined, {}) as { code?: string }).code,
      )
      .filter((code) => code !== undefined && !others.includes(code) && !code.includes('_WS_'))
      .filter((code) => toFetchError(coded(String(code)), subject).kind === 'unknown');
    expect(unknown).toEqual([]);
  });
});

describe('toFetchError', () => {
  it('returns a FetchError as it is', () => {
    const error = new FetchError('http', 'no', { status: 404 });
    expect(toFetchError(error, subject, { phase: 'body' })).toBe(error);
  });

  it('keeps the cause', () => {
    const cause = coded('ECONNRESET');
    expect(toFetchError(cause, subject).cause).toBe(cause);
  });

  it('does not repeat a code that the message has', () => {
    const cause = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1');
    expect(toFetchError(cause, subject).message).toBe('GET http://host/: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('says the code where there is no message', () => {
    expect(toFetchError(coded('EPIPE', ''), subject).message).toBe('GET http://host/: EPIPE');
  });

  it('goes by the code before the name', () => {
    const error = Object.assign(named('AbortError'), { code: 'ECONNRESET' });
    expect(toFetchError(error, subject).kind).toBe('network');
  });

  it('goes by the name where the code says nothing', () => {
    const error = Object.assign(named('HTTPParserError'), { code: 'SOMETHING_NEW' });
    expect(toFetchError(error, subject)).toMatchObject({ kind: 'protocol', code: 'SOMETHING_NEW' });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'does not take the code or the name %s for one of its rows',
    (word) => {
      expect(toFetchError(coded(word), subject).kind).toBe('unknown');
      expect(toFetchError(named(word), subject).kind).toBe('unknown');
      expect(toFetchError(coded(word, 'x', { syscall: 'queryA' }), subject)).toMatchObject({
        kind: 'dns',
        retryable: false,
      });
    },
  );

  it('takes details from the caller, but kind, code and cause from the error', () => {
    const error = toFetchError(coded('ECONNRESET'), subject, {
      phase: 'body',
      retryable: false,
      status: 200,
    });
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNRESET', phase: 'body', retryable: false });
    expect(error.status).toBe(200);
  });

  it('believes the caller about the phase: ETIMEDOUT is also what a read ends with', () => {
    const cause = coded('ETIMEDOUT', 'read ETIMEDOUT', { syscall: 'read' });
    expect(toFetchError(cause, subject, { phase: 'body' })).toMatchObject({ kind: 'timeout', phase: 'body' });
    expect(toFetchError(cause, subject, {})).toMatchObject({ kind: 'timeout', phase: 'connect' });
  });

  describe('of a name server', () => {
    it.each([
      ['ECONNREFUSED', 'queryA', true],
      ['ECONNREFUSED', 'queryAaaa', true],
      ['ETIMEDOUT', 'querySrv', true],
      ['ENOTFOUND', 'queryA', false],
      ['ESERVFAIL', 'queryA', true],
      ['EAI_AGAIN', 'getaddrinfo', true],
      ['EMFILE', 'getaddrinfo', true],
      ['ENOTFOUND', 'getaddrinfo', false],
      ['EFORMERR', 'queryA', false],
      ['EREFUSED', 'queryA', false],
    ])('%s with syscall %s is a dns failure, retryable: %s', (code, syscall, retryable) => {
      const cause = coded(code, `${syscall} ${code} host`, { syscall });
      expect(toFetchError(cause, subject)).toMatchObject({ kind: 'dns', retryable, code });
    });

    it('is not mixed up with the host that refuses', () => {
      const cause = coded('ECONNREFUSED', 'connect ECONNREFUSED', { syscall: 'connect' });
      expect(toFetchError(cause, subject).kind).toBe('connect');
    });
  });

  describe('of Happy Eyeballs, which tries several addresses', () => {
    it('goes by the last address', () => {
      const last = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1');
      const cause = new AggregateError([coded('ENETUNREACH', 'connect ENETUNREACH ::1:1'), last]);
      const error = toFetchError(cause, subject);
      expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', retryable: true });
      expect(error.message).toBe('GET http://host/: connect ECONNREFUSED 127.0.0.1:1');
      expect(error.cause).toBe(cause);
    });

    it('goes by the last address of the last inner AggregateError', () => {
      const cause = new AggregateError([
        coded('ECONNRESET'),
        new AggregateError([coded('ENETDOWN'), coded('EHOSTUNREACH')]),
      ]);
      expect(toFetchError(cause, subject).code).toBe('EHOSTUNREACH');
    });

    it('has a message when no address was tried', () => {
      const error = toFetchError(new AggregateError([]), subject);
      expect(error.kind).toBe('unknown');
      expect(error.message).toBe('GET http://host/: AggregateError');
    });

    it('ends when an AggregateError holds itself', () => {
      const cause = new AggregateError([]);
      cause.errors.push(cause);
      expect(toFetchError(cause, subject).kind).toBe('unknown');
    });
  });

  describe('of an error that only wraps another', () => {
    it('goes by the cause, as of `TypeError: fetch failed`', () => {
      const inner = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1');
      const cause = new TypeError('fetch failed', { cause: inner });
      const error = toFetchError(cause, subject);
      expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', retryable: true });
      expect(error.message).toContain('connect ECONNREFUSED');
      expect(error.cause).toBe(cause);
    });

    it('goes by the outer error where the cause says nothing either', () => {
      const cause = new Error('outer', { cause: new Error('inner') });
      expect(toFetchError(cause, subject).message).toBe('GET http://host/: outer');
    });

    it('ends when an error is its own cause', () => {
      const cause: Error = new Error('round');
      cause.cause = cause;
      expect(toFetchError(cause, subject)).toMatchObject({ kind: 'unknown', cause });
    });
  });

  describe('of a DOMException, whose code is a number', () => {
    it('goes by the name AbortError (20)', () => {
      const error = toFetchError(new DOMException('stopped', 'AbortError'), subject);
      expect(error).toMatchObject({ kind: 'cancelled', retryable: false });
      expect('code' in error).toBe(false);
    });

    it('goes by the name TimeoutError (23)', () => {
      const error = toFetchError(new DOMException('late', 'TimeoutError'), subject);
      expect(error).toMatchObject({ kind: 'timeout', phase: 'attempt', retryable: true });
      expect('code' in error).toBe(false);
    });
  });

  it.each([20, 0, -1, NaN, null, {}, ''])('takes the code %j for none', (code) => {
    const error = toFetchError(Object.assign(new Error('odd'), { code }), subject);
    expect(error).toMatchObject({ kind: 'unknown', message: 'GET http://host/: odd' });
    expect('code' in error).toBe(false);
  });

  it('reads errors of another realm, which are no `instanceof Error`', () => {
    const cause: unknown = runInNewContext(
      `new AggregateError([Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })])`,
    );
    expect(cause).not.toBeInstanceOf(Error);
    expect(toFetchError(cause, subject)).toMatchObject({
      kind: 'connect',
      message: 'GET http://host/: connect ECONNREFUSED',
    });
  });

  describe('of what is no error', () => {
    it.each([
      [null, 'null'],
      [undefined, 'undefined'],
      ['x', 'x'],
      [0, '0'],
      [404, '404'],
      [false, 'false'],
      [10n, '10'],
      [Symbol('s'), 'Symbol(s)'],
      [{}, '[object Object]'],
      [[1, 2], '1,2'],
      [{ message: 'plain' }, 'plain'],
      [{ message: 42 }, '[object Object]'],
    ])('says what %s was', (thrown, text) => {
      const error = toFetchError(thrown, subject);
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({ kind: 'unknown', retryable: false });
      expect(error.message).toBe(`GET http://host/: ${text}`);
      expect(error.cause).toBe(thrown);
    });

    const refuses = (): never => {
      throw new Error('no');
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();

    it.each([
      ['toString throws', { toString: refuses }],
      ['there is nothing to convert it with', Object.create(null) as object],
      ['Symbol.toPrimitive throws', { [Symbol.toPrimitive]: refuses }],
      ['toString returns an object', { toString: () => ({}), valueOf: () => ({}) }],
      ['a Proxy was revoked', revoked.proxy],
      [
        'every trap of a Proxy throws',
        new Proxy({}, { get: refuses, has: refuses, getPrototypeOf: refuses }),
      ],
    ])('survives that %s', (_what, thrown) => {
      const error = toFetchError(thrown, subject);
      expect(error.kind).toBe('unknown');
      expect(error.message).toBe('GET http://host/: a value that cannot be printed');
    });

    it('survives an AggregateError whose list throws', () => {
      const errors = new Proxy([new Error('hidden')], { get: refuses });
      expect(toFetchError(Object.assign(new Error('odd'), { errors }), subject).message).toContain('odd');
    });

    it.each(['code', 'name', 'message', 'syscall', 'errors', 'cause'])(
      'survives an error whose %s throws',
      (property) => {
        const thrown = Object.defineProperty(new Error('odd'), property, { get: refuses });
        expect(toFetchError(thrown, subject).kind).toBe('unknown');
      },
    );

    it('makes a FetchError of anything', () => {
      fc.assert(
        fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
          const error = toFetchError(thrown, subject);
          expect(failureKinds).toContain(error.kind);
          expect(error.message.startsWith('GET http://host/: ')).toBe(true);
        }),
      );
    });
  });
});

describe('a real error', () => {
  async function connectError(options: NetConnectOpts): Promise<unknown> {
    const [error] = (await once(
      connect(options).on('connect', () => undefined),
      'error',
    )) as unknown[];
    return error;
  }

  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  function thrownBy(body: () => unknown): unknown {
    try {
      body();
    } catch (error) {
      return error;
    }
    throw new Error('expected it to throw');
  }

  it('of a port that nobody listens on is a connect failure', async () => {
    const cause = await connectError({ host: '127.0.0.1', port: await closedPort() });
    expect(toFetchError(cause, subject)).toMatchObject({
      kind: 'connect',
      code: 'ECONNREFUSED',
      retryable: true,
    });
  });

  it('of a name with two addresses that refuse is a connect failure', async () => {
    const port = await closedPort();
    const cause = await connectError({
      host: 'two.addresses',
      port,
      autoSelectFamily: true,
      lookup: (_name, _options, done) =>
        done(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.2', family: 4 },
        ]),
    });
    expect(cause).toBeInstanceOf(AggregateError);
    expect(toFetchError(cause, subject)).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED' });
    expect(toFetchError(cause, subject).message).toBe(
      `GET http://host/: connect ECONNREFUSED 127.0.0.2:${port}`,
    );
  });

  it('of a name that does not exist is a dns failure', async () => {
    const cause = await connectError({ host: 'no-such-host.invalid', port: 80 });
    expect(toFetchError(cause, subject).kind).toBe('dns'); // ENOTFOUND, or EAI_AGAIN where there is no network
  });

  it('of a name server that refuses is a dns failure that may pass', async () => {
    const resolver = new Resolver({ timeout: 1_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${await closedPort()}`]);
    const cause: unknown = await resolver.resolve4('host.example').catch((error: unknown) => error);
    expect(toFetchError(cause, subject)).toMatchObject({
      kind: 'dns',
      code: 'ECONNREFUSED',
      retryable: true,
    });
  });

  it('of a local address that this machine does not have is a resource failure', async () => {
    const cause = await connectError({ host: '127.0.0.1', port: 9, localAddress: '203.0.113.7' });
    expect(toFetchError(cause, subject)).toMatchObject({ kind: 'resource', code: 'EADDRNOTAVAIL' });
  });

  it('of AbortController is a cancellation', () => {
    const controller = new AbortController();
    controller.abort();
    expect(toFetchError(controller.signal.reason, subject).kind).toBe('cancelled');
  });

  it('of AbortSignal.timeout is a timeout', async () => {
    const signal = AbortSignal.timeout(1);
    await once(signal, 'abort');
    expect(toFetchError(signal.reason, subject)).toMatchObject({ kind: 'timeout', phase: 'attempt' });
  });

  it('of a URL that is none is invalid', () => {
    expect(
      toFetchError(
        thrownBy(() => new URL('http://')),
        subject,
      ),
    ).toMatchObject({
      kind: 'invalid',
      code: 'ERR_INVALID_URL',
    });
  });

  it.each([
    ['gzip that is none', () => gunzipSync('nonsense'), 'Z_DATA_ERROR'],
    ['gzip that is cut short', () => gunzipSync(gzipSync('text').subarray(0, 12)), 'Z_BUF_ERROR'],
    ['deflate that is none', () => inflateSync('nonsense'), 'Z_DATA_ERROR'],
    ['brotli that is none', () => brotliDecompressSync('nonsense, all of it'), /^ERR_/],
    [
      'UTF-8 that is none',
      () => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)),
      /^ERR_/,
    ],
  ])('of %s is a decode failure', (_what, body, code) => {
    const error = toFetchError(thrownBy(body), subject);
    expect(error.kind).toBe('decode');
    expect(error.code).toMatch(code);
  });

  it('of output that is too long is too large', () => {
    const cause = thrownBy(() => gunzipSync(gzipSync('x'.repeat(100)), { maxOutputLength: 99 }));
    expect(toFetchError(cause, subject)).toMatchObject({ kind: 'too-large', code: 'ERR_BUFFER_TOO_LARGE' });
  });

  it('of fetch on a closed port is a connect failure', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const cause: unknown = await fetch(url).catch((error: unknown) => error);
    expect(toFetchError(cause, `GET ${url}`)).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED' });
  });
});
