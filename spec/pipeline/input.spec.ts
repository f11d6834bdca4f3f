import { of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchInput, FetchRequest } from '../../lib/model/request.js';
import type { FetchFailure, FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';

const a = 'http://a/';
const unprintable: unknown = Object.create(null);

/** The records of inputs that the compiler would not let through. */
function recordsOf(...inputs: unknown[]): FetchResult[] {
  const records: FetchResult[] = [];
  const transport = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
  fetchFrom(inputs as FetchInput[], { transport }).subscribe((record) => records.push(record));
  return records;
}

/** The failure that an input is, before anybody is asked for it. */
function refused(input: unknown): FetchFailure & { readonly error: FetchError } {
  const [record] = recordsOf(input);
  if (!record || record.ok) throw new Error('expected a failure');
  expect(record).toMatchObject({ index: 0, attempts: 0, duration: 0 });
  expect(record.error).toMatchObject({ kind: 'invalid', retryable: false });
  return record;
}

const unread = (property: string): object =>
  Object.defineProperty({ url: a }, property, {
    enumerable: true,
    get: () => {
      throw new Error('not for you');
    },
  });

describe('an input', () => {
  it('may be a string, a URL or a request; the record gives back what the caller gave', () => {
    const request = { url: new URL(a), context: { row: 1 } };
    const records = recordsOf(a, new URL('http://b/x?y'), request);
    expect(records.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(records.map((record) => record.request)).toEqual([{ url: a }, { url: 'http://b/x?y' }, request]);
    expect(records[2]?.request).toBe(request);
  });

  it('costs no slot and no attempt when it cannot be fetched, and others go on', () => {
    const records = recordsOf(a, 'nowhere', a, null, a);
    expect(records.map(({ index, ok }) => `${index} ${ok ? 'ok' : 'failed'}`)).toEqual([
      '0 ok',
      '1 failed',
      '2 ok',
      '3 failed',
      '4 ok',
    ]);
  });

  it.each<[what: string, input: unknown, says: string]>([
    ['an empty string', '', '"" is not an absolute URL: it is empty'],
    ['blanks', '  ', '"  " is not an absolute URL: it is empty'],
    ['no scheme', 'example.org/a', 'it has no scheme; did you mean "https://example.org/a"?'],
    ['a path', '/a', '"/a" is not an absolute URL'],
    ['a port that is none', 'http://a:99999/', 'its host or port is not valid'],
    ['a host that is none', 'http://a b/', 'its host or port is not valid'],
    ['a scheme that is not HTTP', 'ftp://a/', 'expected http: or https:, got ftp:'],
    ['a data: URL', 'data:,x', 'expected http: or https:, got data:'],
    ['a URL object of such a scheme', new URL('file:///etc/passwd'), 'expected http: or https:, got file:'],
    ['null', null, 'Expected a URL or a request with a `url`, got null'],
    ['undefined', undefined, 'Expected a URL or a request with a `url`, got undefined'],
    ['a number', 80, 'Expected a URL or a request with a `url`, got 80 (number)'],
    ['a symbol', Symbol('s'), 'got Symbol(s) (symbol)'],
    ['an empty object', {}, 'Expected a URL or a request with a `url`, got [object Object] (object)'],
    ['an object that cannot be printed', unprintable, 'got a value that cannot be printed (object)'],
    ['an array', [a], 'Expected a URL or a request with a `url`'],
    ['a function', () => a, 'Expected a URL or a request with a `url`'],
    [
      'a request without a URL in it',
      { url: undefined },
      'Expected `url` to be a string or a URL, got undefined',
    ],
    [
      'a request whose URL is a number',
      { url: 80 },
      'Expected `url` to be a string or a URL, got 80 (number)',
    ],
    [
      'a request whose URL cannot be printed',
      { url: unprintable },
      'got a value that cannot be printed (object)',
    ],
    ['a request whose URL is none', { url: 'nowhere' }, '"nowhere" is not an absolute URL'],
    ['a getter that throws', unread('url'), 'Reading the input threw: Error: not for you'],
  ])('of %s is a failure of kind `invalid` that says so', (_, input, says) => {
    expect(refused(input).error.message).toContain(says);
  });

  it('that is a revoked Proxy is a failure like any other', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refused(proxy).error.message).toContain('Reading the input threw');
  });

  it('keeps its context on the record of a failure', () => {
    expect(refused({ url: 'nowhere', context: { row: 3 } }).request).toEqual({
      url: 'nowhere',
      context: { row: 3 },
    });
  });
});

describe('a request', () => {
  it.each<[what: string, parts: object, says: string]>([
    [
      'a method with a blank',
      { method: 'GET /x' },
      'Expected `method` to be an HTTP method such as \'GET\', got "GET /x"',
    ],
    ['an empty method', { method: '' }, 'Expected `method` to be an HTTP method'],
    ['a method that is no string', { method: 5 }, 'got 5 (number)'],
    ['the method CONNECT', { method: 'connect' }, 'The method CONNECT opens a tunnel, not a page'],
    ['a header with CR', { headers: { 'x-a': 'one\rtwo' } }, 'Header `x-a` has "\\r" at position 3'],
    ['a header with LF', { headers: { 'x-a': 'one\ntwo' } }, 'Header `x-a` has "\\n" at position 3'],
    ['a header with NUL', { headers: { 'x-a': '\0' } }, 'Header `x-a` has "\\u0000" at position 0'],
    ['a header beyond Latin-1', { headers: { 'x-a': 'zł' } }, 'Header `x-a` has "ł" at position 1'],
    [
      'one bad header value of several',
      { headers: { 'x-a': ['fine', 'not\nfine'] } },
      'Header `x-a` has "\\n"',
    ],
    [
      'a header that is a number',
      { headers: { 'x-a': 5 } },
      'Expected header `x-a` to be a string, got 5 (number)',
    ],
    ['a header that is undefined', { headers: { 'x-a': undefined } }, 'Expected header `x-a` to be a string'],
    ['a header name with a blank', { headers: { 'x a': '1' } }, '"x a" is not a header name'],
    ['a header name with LF', { headers: { 'x\na': '1' } }, '"x\\na" is not a header name'],
    ['an empty header name', { headers: { '': '1' } }, '"" is not a header name'],
    [
      'headers that are a list',
      { headers: [['x-a', '1']] },
      'Expected `headers` to be an object of names and values',
    ],
    ['headers that are a Headers object', { headers: new Headers() }, 'Expected `headers` to be an object'],
    ['headers that are a string', { headers: 'x-a: 1' }, 'Expected `headers` to be an object'],
    ['headers that are null', { headers: null }, 'Expected `headers` to be an object'],
    ['a body that is an object', { body: { a: 1 } }, 'Expected `body` to be a string or a Uint8Array'],
    ['a body that is null', { body: null }, 'Expected `body` to be a string or a Uint8Array, got null'],
    [
      'a timeout of 0',
      { timeout: 0 },
      'Expected `timeout` of the request to be a number of ms above 0, got 0',
    ],
    ['a timeout below 0', { timeout: -1 }, 'got -1 (number)'],
    ['a timeout of NaN', { timeout: NaN }, 'got NaN (number)'],
    ['a timeout that is a string', { timeout: '5' }, 'got "5"'],
  ])('with %s is a failure of kind `invalid` that says so', (_, parts, says) => {
    expect(refused({ url: a, method: 'POST', ...parts }).error.message).toContain(says);
  });

  it.each(['method', 'headers', 'body', 'timeout'])(
    'whose `%s` throws when it is read is one, too',
    (property) => {
      expect(refused(unread(property)).error.kind).toBe('invalid');
    },
  );

  it.each<[what: string, parts: object]>([
    ['any method that is a token', { method: 'M-SEARCH' }],
    [
      'headers, once or several times',
      { headers: { 'x-a': '1', 'X-B': ['1', '2'], 'x-c': '', 'x-d': 'Grüße\t!' } },
    ],
    ['a body of text or of bytes', { method: 'POST', body: new Uint8Array(2) }],
    ['an empty body', { method: 'POST', body: '' }],
    ['a timeout', { timeout: 0.5 }],
    ['parts left undefined', { method: undefined, headers: undefined, body: undefined, timeout: undefined }],
  ])('may have %s', (_, parts) => {
    expect(recordsOf({ url: a, ...parts })).toMatchObject([{ ok: true }]);
  });

  it('never shows the value of a header, which may be a secret', () => {
    const { error } = refused({ url: a, headers: { authorization: 'Bearer s3cret\n' } });
    expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain('s3cret');
  });
});

describe('a password in a URL', () => {
  const password = 's3cret';

  it.each([
    `http://user:${password}@a:99999/`,
    `http://user:${password}@a b/`,
    `ftp://user:${password}@a/`,
    `user:${password}@example.org/path`,
    `http//user:${password}@a/`,
    `http://user:${password}/with/a/slash@a:99999/`,
    ` http://user:${password}@a:x/ `,
    `//user:${password}@a/`,
    `http:\\\\user:${password}@a:99999\\`,
  ])('never shows in the error of a URL that is refused: %#', (url) => {
    for (const input of [url, { url }]) {
      const { error } = refused(input);
      expect(`${error.message} ${JSON.stringify(error)} ${String(error.stack)}`).not.toContain(password);
    }
  });

  it('never shows in the error of a fetch that failed', () => {
    const records: FetchResult[] = [];
    const url = `http://user:${password}@a/path`;
    const transports = [
      () => of(page(a, { status: 404 })),
      () => of(),
      () => {
        throw new Error('not connected');
      },
    ];
    for (const transport of transports) {
      fetchFrom([url, { url }, new URL(url)], { transport, retry: false }).subscribe((record) =>
        records.push(record),
      );
    }
    expect(records).toHaveLength(9);
    for (const record of records) {
      if (record.ok) throw new Error('expected a failure');
      expect(record.error.message).toContain('GET http://a/path: ');
      expect(`${record.error.message} ${JSON.stringify(record.error)}`).not.toContain(password);
    }
  });
});
