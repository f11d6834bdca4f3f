import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { recordsOf, refused, unread } from '../support/any-input.js';

const a = 'http://a/';

describe('a request', () => {
  it.each<[what: string, parts: object, says: string]>([
    [
      'a method with a blank',
      { method: 'GET /x' },
      'Expected `method` to be an HTTP method such as \'GET\', got "GET /x"',
    ],
    ['an empty method', { method: '' }, 'Expected `method` to be an HTTP method'],
    ['a method that is no string', { method: 5 }, 'got `5` (number)'],
    ['the method CONNECT', { method: 'connect' }, 'CONNECT opens a tunnel, not a page'],
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
      'Expected header `x-a` to be a string, got `5` (number)',
    ],
    ['a header that is undefined', { headers: { 'x-a': undefined } }, 'Expected header `x-a` to be a string'],
    ['a header name with a blank', { headers: { 'x a': '1' } }, '"x a" is not a header name'],
    ['a header name with LF', { headers: { 'x\na': '1' } }, '"x\\na" is not a header name'],
    ['an empty header name', { headers: { '': '1' } }, '"" is not a header name'],
    ['headers that are a list', { headers: [['x-a', '1']] }, 'Expected `headers` to be a plain object, got'],
    [
      'headers that are a Headers object',
      { headers: new Headers() },
      'Expected `headers` to be a plain object',
    ],
    ['headers that are a string', { headers: 'x-a: 1' }, 'Expected `headers` to be a plain object'],
    ['headers that are null', { headers: null }, 'Expected `headers` to be a plain object'],
    ['a body that is an object', { body: { a: 1 } }, 'Expected `body` to be a string or a Uint8Array'],
    ['a body that is null', { body: null }, 'Expected `body` to be a string or a Uint8Array, got null'],
    [
      'a timeout of 0',
      { timeout: 0 },
      'Expected `timeout` of the request to be a number of ms above 0, got `0`',
    ],
    ['a timeout below 0', { timeout: -1 }, 'got `-1` (number)'],
    ['a timeout of NaN', { timeout: NaN }, 'got `NaN` (number)'],
    ['a timeout that is a string', { timeout: '5' }, 'got "5"'],
  ])('with %s is a failure of kind `invalid` that says so', (_, parts, says) => {
    expect(refused({ url: a, method: 'POST', ...parts }).error.message).toContain(says);
  });

  it('is refused for its frozen headers, whatever was found in order before', () => {
    const [fine, wrong] = [Object.freeze({ 'x-a': '1' }), Object.freeze({ 'x-a': 'a\nb' })];
    const all = [fine, fine, wrong, wrong, fine, wrong].map((headers) => ({ url: a, headers }));
    expect(recordsOf(...all).map(({ ok }) => ok)).toEqual([true, true, false, false, true, false]);
  });

  it('that says why it is `invalid` is a failure of that kind which says so, whatever its URL is', () => {
    expect(refused({ url: a, invalid: 'Line 3 is no JSON' }).error.message).toBe('Line 3 is no JSON');
    expect(refused({ url: 'garbage', invalid: 'Line 4 is no JSON' }).error.message).toBe('Line 4 is no JSON');
    expect(recordsOf({ url: a, invalid: undefined })).toMatchObject([{ ok: true }]);
  });

  it.each(['method', 'headers', 'body', 'timeout', 'invalid'])(
    'whose `%s` throws when it is read is one, too',
    (property) => {
      expect(refused(unread(property)).error.kind).toBe('invalid');
    },
  );

  it.each(['method', 'url', 'timeout'])(
    'whose `%s` throws when it is read again has its record all the same',
    (property) => {
      let reads = 0;
      const values: Readonly<Record<string, unknown>> = { method: 'GET', url: a, timeout: 5 };
      const request = Object.defineProperty({ ...values }, property, {
        get: () => {
          if (++reads > 1) throw new Error('once is enough');
          return values[property];
        },
      });
      const records: unknown[] = [];
      const outcome: unknown[] = [];
      fetchFrom([request as unknown as FetchRequest], {
        transport: () => of(page(a, { status: 404 })),
      }).subscribe({
        next: (record) => records.push(record),
        error: (error) => outcome.push(error),
        complete: () => outcome.push('completed'),
      });
      expect(records).toMatchObject([{ ok: false, index: 0 }]);
      expect(outcome).toEqual(['completed']);
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
