import { NEVER, of, Subject, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toBatch } from '../../lib/operators/to-batch.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

const { a, b, c, A, B } = records;

describe('toBatch', () => {
  it(
    'joins records in the order of their inputs, not in the order they came',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --c-a---b--|', records);
      const subs = '        ^----------!';
      const expected = '    -----------(x|)';

      expectObservable(source.pipe(toBatch())).toBe(expected, { x: [a, b, c] });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'takes failures for data, at their places',
    marbles(({ cold, expectObservable }) => {
      const source = cold(' --B-c-a-|', records);
      const expected = '    --------(x|)';

      expectObservable(source.pipe(toBatch())).toBe(expected, { x: [a, B, c] });
    }),
  );

  it(
    'gives a batch of failures when all failed',
    marbles(({ cold, expectObservable }) => {
      const source = cold(' -B-A|', records);
      const expected = '    ----(x|)';

      expectObservable(source.pipe(toBatch())).toBe(expected, { x: [A, B] });
    }),
  );

  it(
    'gives an empty batch for an empty source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<typeof a>(' ---|');
      const subs = '        ^--!';
      const expected = '    ---(x|)';

      expectObservable(source.pipe(toBatch())).toBe(expected, { x: [] });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'gives a batch of one',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|', records).pipe(toBatch())).toBe('---(x|)', { x: [a] });
    }),
  );

  it(
    'never emits for a source that never completes',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(toBatch())).toBe('-');
    }),
  );

  it(
    'passes an error of the source through, without a batch',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--#', records, 'the source broke');
      const subs = '        ^---!';
      const expected = '    ----#';

      expectObservable(source.pipe(toBatch())).toBe(expected, undefined, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-b-c-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';
      const expected = '   -----';

      expectObservable(source.pipe(toBatch()), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('has a batch of its own for each subscription', () => {
    const batches: unknown[] = [];
    const batch$ = of(b, a).pipe(toBatch());
    batch$.subscribe((batch) => batches.push(batch));
    batch$.subscribe((batch) => batches.push(batch));
    expect(batches).toEqual([
      [a, b],
      [a, b],
    ]);
  });

  it('takes in a record that arrives while another is arriving', () => {
    const source = new Subject<typeof a>();
    const batches: unknown[] = [];
    source
      .pipe(
        tap((record) => {
          if (record === b) source.next(a);
        }),
        toBatch(),
      )
      .subscribe((batch) => batches.push(batch));
    source.next(b);
    source.complete();
    expect(batches).toEqual([[a, b]]);
  });
});
