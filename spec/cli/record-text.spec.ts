import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../lib/cli/json-line.js';
import { recordText } from '../../lib/cli/record-text.js';
import type { RecordLine } from '../../lib/observe/report/record-line.js';

const text = fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.string());
const count = fc.nat();
const attempt = fc.record(
  { start: count, sent: count, response: count, end: count },
  { requiredKeys: ['start', 'end'] },
);

/** One for each key that there is: a new one is a type error until it is here. */
const fields: { readonly [K in keyof RecordLine]-?: fc.Arbitrary<RecordLine[K]> } = {
  v: fc.constant(1 as const),
  index: count,
  line: count,
  input: text,
  ok: fc.boolean(),
  request: fc.record(
    { url: text, method: fc.constant('PUT'), context: fc.jsonValue() },
    { requiredKeys: ['url'] },
  ),
  url: text,
  redirects: fc.array(text),
  status: count,
  bytes: count,
  wireBytes: count,
  attempts: fc.constantFrom(0, 1, 2),
  waited: count,
  duration: count,
  pulled: count,
  settled: count,
  tries: fc.array(attempt, { maxLength: 2 }),
  error: fc.record({ kind: fc.constant('network' as const), message: text }),
  file: text,
  body: text,
  bodyEncoding: fc.constant('text' as const),
};

const records = fc.record(fields, {
  requiredKeys: ['v', 'index', 'ok', 'request', 'attempts', 'waited', 'duration'],
}) as fc.Arbitrary<RecordLine>;

/** Near to what most are: one key may be missing that they have, and one there that they lack. */
const rare = ['input', 'redirects', 'error', 'file', 'body', 'bodyEncoding'];
const nearlyUsual = fc
  .tuple(
    fc.record(fields),
    fc.constantFrom(...rare, ''),
    fc.constantFrom('line', 'url', 'status', 'bytes', 'wireBytes', 'pulled', 'settled', 'tries', ''),
  )
  .map(([{ request, ...all }, extra, missing]) => {
    const isThere = ([key = '']: unknown[]): boolean =>
      key !== missing && (key === extra || !rare.includes(String(key)));
    const record = { ...all, ok: true, request: { url: request.url }, attempts: 1 };
    return Object.fromEntries(
      Object.keys(fields)
        .map((key) => [key, record[key as keyof RecordLine]])
        .filter(isThere),
    );
  }) as fc.Arbitrary<RecordLine>;

describe('recordText', () => {
  it.each([
    ['any record', records],
    ['one that is nearly as most are', nearlyUsual],
  ])('writes %s as JSON does', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (record) => {
        expect(recordText(record)).toBe(jsonLine(record));
      }),
      { numRuns: 2_000 },
    );
  });
});
