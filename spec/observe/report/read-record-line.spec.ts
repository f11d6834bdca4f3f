import { readRecordLine, recordLine } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { madeUpLines } from './made-up-lines.js';

const [line] = madeUpLines(1);
const init = { index: 0, url: 'http://a/', attempts: 1, waited: 0, duration: 7 };

describe('readRecordLine', () => {
  it('reads what recordLine wrote', () => {
    const error = failure('http', { ...init, status: 503, retryAfter: 2_000 });
    const records = [success(page('http://a/'), init), error, failure('dns', init)];
    for (const record of records) {
      const written = recordLine(record, { input: 'urls.txt', line: 3, body: 'text' });
      expect(readRecordLine(JSON.stringify(written))).toEqual(written);
    }
    for (const written of madeUpLines(200)) expect(readRecordLine(JSON.stringify(written))).toEqual(written);
  });

  it('keeps fields that it does not know', () => {
    expect(readRecordLine(JSON.stringify({ ...line, later: 1 }))).toHaveProperty('later', 1);
  });

  it('refuses a context that could be read and not be written again', () => {
    const deep = (levels: number): string =>
      JSON.stringify({ ...line, request: { url: 'http://a/', context: 0 } }).replace(
        '"context":0',
        `"context":${'['.repeat(levels)}${']'.repeat(levels)}`,
      );
    expect(readRecordLine(deep(1_000)).request.url).toBe('http://a/');
    for (const levels of [1_001, 200_000])
      expect(() => readRecordLine(deep(levels))).toThrow('it has no valid `request`');
  });

  it.each([
    ['', 'it is not JSON: ""'],
    ['{"v":1', String.raw`it is not JSON: "{\"v\":1"`],
    ['7', 'it is not an object'],
    ['null', 'it is not an object'],
    ['[]', 'it is not an object'],
    ['{"url":"http://a/"}', 'it has no version `v`'],
    [JSON.stringify({ ...line, v: 2 }), 'it is of version 2 of the schema; this sluice reads version 1'],
    [JSON.stringify({ ...line, index: -1 }), 'it has no valid `index`'],
    [JSON.stringify({ ...line, input: 1 }), 'it has no valid `input`'],
    [JSON.stringify({ ...line, request: {} }), 'it has no valid `request`'],
    [JSON.stringify({ ...line, duration: 1e300 }), 'it has no valid `duration`'],
    [JSON.stringify({ ...line, pulled: '1' }), 'it has no valid `pulled`'],
    [JSON.stringify({ ...line, tries: [{ start: 0 }] }), 'it has no valid `tries`'],
    [JSON.stringify({ ...line, status: 10_000 }), 'it has no valid `status`'],
    [JSON.stringify({ ...line, ok: false }), 'it has no valid `error`'],
    [JSON.stringify({ ...line, ok: false, error: { kind: 'no', message: '' } }), 'it has no valid `error`'],
  ])('refuses %s', (text, words) => {
    expect(() => readRecordLine(text)).toThrow(
      new TypeError(`readRecordLine: expected the line of a record, but ${words}`),
    );
  });
});
