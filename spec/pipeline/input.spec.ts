import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';
import { recordsOf, refused, unread } from '../support/any-input.js';

const a = 'http://a/';
const unprintable: unknown = Object.create(null);

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
    ['a number', 80, 'Expected a URL or a request with a `url`, got `80` (number)'],
    ['a symbol', Symbol('s'), 'got `Symbol(s)` (symbol)'],
    ['an empty object', {}, 'Expected a URL or a request with a `url`, got an object with nothing in it'],
    [
      'a request with a misspelt url',
      { uri: 'http://a/', method: 'GET' },
      'Expected a URL or a request with a `url`, got an object with `uri`, `method`',
    ],
    ['text with blanks', 'not a url', '"not a url" is not an absolute URL: it has no scheme'],
    ['an object that cannot be printed', unprintable, 'got an object (no prototype)'],
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
      'Expected `url` to be a string or a URL, got `80` (number)',
    ],
    ['a request whose URL cannot be printed', { url: unprintable }, 'got an object (no prototype)'],
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
