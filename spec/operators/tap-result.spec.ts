import { EMPTY, NEVER, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FetchResult } from '../../lib/model/result.js';
import { tapResult } from '../../lib/operators/tap-result.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

const { a, b, A, B } = records;

/** What the record says when the callback threw. */
const asFailure = (
  { index, request, attempts, waited, duration }: FetchResult<unknown>,
  error: unknown,
): unknown => ({
  ok: false,
  index,
  request,
  attempts,
  waited,
  duration,
  error,
});

describe('tapResult', () => {
  it(
    'looks at each record, success or failure, and hands on the same',
    marbles(({ cold, flush, expectObservable, expectSubscriptions }) => {
      const seen: unknown[] = [];
      const source = cold(' -a-B--b-|', records);
      const subs = '        ^-------!';
      const expected = '    -a-B--b-|';

      expectObservable(source.pipe(tapResult((result) => seen.push(result)))).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(seen).toEqual([a, B, b]);
    }),
  );

  it('hands on the very record it looked at', () => {
    const passed: unknown[] = [];
    of(a, A)
      .pipe(tapResult(() => undefined))
      .subscribe((record) => passed.push(record));
    expect(passed[0]).toBe(a);
    expect(passed[1]).toBe(A);
  });

  it('makes a record a failure of kind `project` when the callback throws, and goes on', () => {
    const thrown = new RangeError('not today');
    const passed: FetchResult<string>[] = [];
    of(a, b)
      .pipe(
        tapResult(({ index }) => {
          if (index === 0) throw thrown;
        }),
      )
      .subscribe((record) => passed.push(record));
    const [first, second] = passed;
    if (!first || first.ok) throw new Error('expected a failure');
    expect(first).toEqual(asFailure(a, first.error));
    expect(first.error).toMatchObject({ kind: 'project', phase: 'project', retryable: false, cause: thrown });
    expect(first.error.message).toBe('GET http://a/: `tapResult` threw RangeError: not today');
    expect(second).toBe(b);
  });

  it('gives a failure another error when the callback throws at it', () => {
    const passed: FetchResult<string>[] = [];
    of(A)
      .pipe(
        tapResult<string, unknown>(() => {
          throw 'a string';
        }),
      )
      .subscribe((record) => passed.push(record));
    expect(passed).toMatchObject([
      {
        ok: false,
        index: 0,
        error: { kind: 'project', message: 'GET http://a/: `tapResult` threw a string' },
      },
    ]);
  });

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(tapResult(() => undefined))).toBe('|');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(tapResult(() => undefined))).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-#', records, 'the source broke');
      const subs = '        ^--!';
      const expected = '    -a-#';

      expectObservable(source.pipe(tapResult(() => undefined))).toBe(expected, records, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-b-c-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';
      const expected = '   -a-b-';

      expectObservable(source.pipe(tapResult(() => undefined)), unsub).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('is not asked again in a synchronous source once nobody listens', () => {
    const seen: unknown[] = [];
    of(a, b)
      .pipe(
        tapResult((result) => seen.push(result)),
        take(1),
      )
      .subscribe();
    expect(seen).toEqual([a]);
  });

  it('looks at a record that is pushed while it looks at another', () => {
    const source = new Subject<typeof a>();
    const passed: unknown[] = [];
    source
      .pipe(
        tapResult((result) => {
          if (result === a) source.next(b);
        }),
      )
      .subscribe((record) => passed.push(record));
    source.next(a);
    expect(passed).toEqual([b, a]);
  });
});
