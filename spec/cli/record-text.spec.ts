import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../lib/cli/json-line.js';
import { recordText } from '../../lib/cli/record-text.js';
import type { RecordLine } from '../../lib/observe/report/record-line.js';

const text = fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.string());
const count = fc.nat();
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });

const records: fc.Arbitrary<RecordLine> = fc
  .record(
    {
      v: fc.constant(1 as const),
      index: count,
      line: maybe(count),
      ok: fc.boolean(),
      request: fc.record(
        { url: text, method: fc.constant('PUT'), context: fc.jsonValue() },
        { requiredKeys: ['url'] },
      ),
      url: maybe(text),
      redirects: fc.array(text),
      status: maybe(count),
      bytes: maybe(count),
      wireBytes: maybe(count),
      attempts: count,
      waited: count,
      duration: count,
      pulled: maybe(count),
      settled: maybe(count),
      tries: maybe(
        fc.array(fc.record({ start: count, sent: maybe(count), response: maybe(count), end: count })),
      ),
      error: fc.record({ kind: fc.constant('network' as const), message: text }),
      file: text,
      body: text,
      bodyEncoding: fc.constant('text' as const),
    },
    { requiredKeys: ['v', 'index', 'ok', 'request', 'attempts', 'waited', 'duration'] },
  )
  .map((record) => record as RecordLine);

describe('recordText', () => {
  it('writes any record as JSON does', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(recordText(record)).toBe(jsonLine(record));
      }),
      { numRuns: 2_000 },
    );
  });
});
