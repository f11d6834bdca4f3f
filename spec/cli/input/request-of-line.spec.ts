import { describe, expect, it } from 'vitest';
import { requestOfLine } from '../../../lib/cli/input/request-of-line.js';

const url = 'http://a/';

function deep(levels: number): string {
  return `{"url":"${url}","context":${'['.repeat(levels)}${']'.repeat(levels)}}`;
}

describe('requestOfLine', () => {
  it('is nothing for a blank line and a comment', () => {
    expect([requestOfLine('', {}), requestOfLine('# http://a/', {})]).toEqual([undefined, undefined]);
  });

  it('is a URL with the defaults, or whatever else stands there', () => {
    expect(requestOfLine(url, {})).toEqual({ url });
    expect(requestOfLine('garbage', { method: 'POST', body: 'x' })).toEqual({
      url: 'garbage',
      method: 'POST',
      body: 'x',
    });
  });

  it('is a request as JSON, with all its keys', () => {
    const request = {
      url,
      method: 'PUT',
      headers: { a: ['1', '2'] },
      body: 'x',
      context: [null],
      timeout: 5,
    };
    expect(requestOfLine(JSON.stringify(request), {})).toEqual(request);
  });

  it('has the defaults that it does not have itself; header names are the same in any case', () => {
    const defaults = { method: 'POST', body: 'x', headers: { 'User-Agent': 'sluice', Accept: '*/*' } };
    expect(requestOfLine(JSON.stringify({ url, headers: { 'user-agent': 'me', X: '1' } }), defaults)).toEqual(
      {
        url,
        method: 'POST',
        body: 'x',
        headers: { Accept: '*/*', 'user-agent': 'me', X: '1' },
      },
    );
    expect(requestOfLine(JSON.stringify({ url, body: 'mine', method: 'PUT' }), defaults)).toMatchObject({
      body: 'mine',
      method: 'PUT',
      headers: defaults.headers,
    });
  });

  it('is a POST where it has a body and nobody names a method', () => {
    const line = JSON.stringify({ url, body: 'x' });
    expect(requestOfLine(line, {})).toEqual({ url, body: 'x', method: 'POST' });
    expect(requestOfLine(line, { method: 'PATCH' })).toMatchObject({ method: 'PATCH' });
    expect(requestOfLine(JSON.stringify({ url, body: 'x', method: 'GET' }), {})).toMatchObject({
      method: 'GET',
    });
  });

  it.each(['http://a/ http://b/', 'http://a/ # old', 'http://a/b c', 'http://a/\u3000b'])(
    'is invalid where white space stands in %j',
    (line) => {
      expect(requestOfLine(line, { method: 'POST', body: 'x' })).toEqual({
        url: line,
        invalid: expect.stringMatching(/^The line has white space in it: .* %20/) as string,
      });
    },
  );

  it.each(['GET', 'head'])('has no default body when it says %s itself', (method) => {
    expect(requestOfLine(JSON.stringify({ url, method }), { method: 'POST', body: 'x' })).toEqual({
      url,
      method,
    });
  });

  it.each<[what: string, line: string, shown: string, invalid: RegExp]>([
    ['is no JSON', '{"url":', '{"url":', /^The line begins with \{, but is no JSON: /],
    [
      'has an unknown key',
      '{"url":"http://a/","metod":"GET"}',
      url,
      /^There is no key `metod`: did you mean `method`\?$/,
    ],
    [
      'has an unknown key like no other',
      '{"url":"http://a/","qqqqqqqqqq":1}',
      url,
      /a request has url, method/,
    ],
    ['has __proto__', '{"url":"http://a/","__proto__":{}}', url, /no key `__proto__`/],
    ['has no URL', '{"method":"GET"}', '{"method":"GET"}', /no `url` that is a string/],
    ['has a URL that is no string', '{"url":5}', '{"url":5}', /no `url` that is a string/],
    ['has a body that is no string', '{"url":"http://a/","body":{"a":1}}', url, /`body` to be a string/],
    ['has a context that is too deep', deep(201), url, /`context` to have at most 200 levels/],
    ['has a context that no stack is deep enough for', deep(200_000), url, /at most 200 levels/],
    ['has a method that is no string', '{"url":"http://a/","method":5}', url, /`method` to be a string/],
  ])('says what is wrong where the line %s', (_, line, shown, invalid) => {
    const request = requestOfLine(line, { method: 'POST' });
    expect(request).toEqual({ url: shown, invalid: expect.stringMatching(invalid) });
  });

  it('takes a context of 200 levels', () => {
    expect(requestOfLine(deep(200), {})).not.toHaveProperty('invalid');
  });

  it('shows the beginning of a long line that is no JSON', () => {
    const { url: shown } = requestOfLine(`{${'x'.repeat(1_000)}`, {}) ?? {};
    expect(shown).toBe(`{${'x'.repeat(199)}…`);
  });

  it.each([5, null, [1], 'x'])(
    'leaves headers that are no object (%j) to the library to refuse',
    (headers) => {
      expect(requestOfLine(JSON.stringify({ url, headers }), { headers: { a: '1' } })).toEqual({
        url,
        headers,
      });
    },
  );
});
