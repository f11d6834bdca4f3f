import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  FetchError,
  failureKinds,
  isFetchError,
  type FetchErrorDetails,
} from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';

const page: Page = {
  url: 'http://host/',
  redirects: [],
  status: 503,
  headers: {},
  body: new TextEncoder().encode('the body'),
  encodedBytes: 8,
  text: () => 'the body',
  json: <T>() => ({}) as T,
};

const full: FetchErrorDetails = {
  code: 'ECONNRESET',
  phase: 'body',
  retryable: true,
  status: 503,
  retryAfter: 1_000,
  page,
  cause: new Error('the cause'),
};

describe('FetchError', () => {
  it('is an Error with a name and a message, and a stack without frames', () => {
    const error = new FetchError('dns', 'no such host');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('FetchError');
    expect(error.message).toBe('no such host');
    expect(String(error)).toBe('FetchError: no such host');
    expect(error.stack).toBe(`FetchError: ${error.message}`);
  });

  it('carries every detail it was given', () => {
    expect(new FetchError('http', 'no', full)).toMatchObject({ kind: 'http', ...full });
  });

  it('is not retryable unless told so', () => {
    expect(new FetchError('unknown', 'x').retryable).toBe(false);
    expect(new FetchError('unknown', 'x', { retryable: undefined }).retryable).toBe(false);
  });

  it.each([
    {},
    { code: undefined, phase: undefined, status: undefined, retryAfter: undefined, page: undefined },
  ])('has no property for a detail that is missing or undefined: %j', (details) => {
    const error = new FetchError('unknown', 'x', { ...details, cause: undefined });
    for (const name of ['code', 'phase', 'status', 'retryAfter', 'page', 'cause']) {
      expect(name in error).toBe(false);
    }
  });

  it('keeps details that are zero, empty or null', () => {
    const error = new FetchError('unknown', 'x', { status: 0, retryAfter: 0, code: '', cause: null });
    expect(error).toMatchObject({ status: 0, retryAfter: 0, code: '' });
    expect(error.cause).toBeNull();
  });

  it('enumerates neither page nor cause, so that logging it does not print a body', () => {
    expect(Object.keys(new FetchError('http', 'no', full)).sort()).toEqual(
      ['code', 'kind', 'phase', 'retryAfter', 'retryable', 'status'].sort(),
    );
  });

  it('becomes plain JSON without stack, page, cause or request', () => {
    expect(JSON.parse(JSON.stringify(new FetchError('http', 'no', full)))).toEqual({
      name: 'FetchError',
      message: 'no',
      kind: 'http',
      code: 'ECONNRESET',
      phase: 'body',
      retryable: true,
      status: 503,
      retryAfter: 1_000,
    });
    expect(new FetchError('unknown', 'x').toJSON()).toEqual({
      name: 'FetchError',
      message: 'x',
      kind: 'unknown',
      retryable: false,
    });
  });

  it('becomes JSON even when its cause could not', () => {
    const cause: { self?: unknown; big: bigint } = { big: 1n };
    cause.self = cause;
    expect(() => JSON.stringify(new FetchError('unknown', 'x', { cause }))).not.toThrow();
  });

  it('says in JSON what it says itself, whatever it was given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...failureKinds),
        fc.string(),
        fc.record(
          { code: fc.string(), status: fc.nat(), retryAfter: fc.nat(), retryable: fc.boolean() },
          { requiredKeys: [] },
        ),
        (kind, message, details) => {
          const expected = { name: 'FetchError', kind, message, retryable: false, ...details };
          expect(JSON.parse(JSON.stringify(new FetchError(kind, message, details)))).toEqual(expected);
        },
      ),
    );
  });
});

describe('isFetchError', () => {
  it('knows a FetchError', () => {
    expect(isFetchError(new FetchError('dns', 'x'))).toBe(true);
  });

  it('knows a FetchError of another copy of the package', async () => {
    vi.resetModules();
    const other = await import('../../lib/model/fetch-error.js');
    expect(other.FetchError).not.toBe(FetchError);
    const error = new other.FetchError('dns', 'x');
    expect(error).not.toBeInstanceOf(FetchError);
    expect(isFetchError(error)).toBe(true);
    expect(other.isFetchError(new FetchError('dns', 'x'))).toBe(true);
  });

  it.each([
    undefined,
    null,
    'FetchError',
    0,
    new Error('x'),
    { name: 'FetchError', kind: 'dns', message: 'x' },
    JSON.parse(JSON.stringify(new FetchError('dns', 'x'))),
  ])('is not taken in by %s', (value) => {
    expect(isFetchError(value)).toBe(false);
  });

  it('survives a Proxy that refuses to say', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(isFetchError(proxy)).toBe(false);
  });
});

describe('the kinds of failure', () => {
  it('are these and no others', () => {
    expect([...failureKinds].sort()).toEqual(
      [
        ...[
          'invalid',
          'blocked',
          'dns',
          'connect',
          'tls',
          'timeout',
          'network',
          'protocol',
          'http',
          'redirect',
        ],
        ...['too-large', 'decode', 'proxy', 'circuit-open', 'overflow', 'cancelled', 'resource', 'project'],
        'unknown',
      ].sort(),
    );
  });
});
