import { EMPTY, map, NEVER, of, Subject, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { toFirstSuccess } from '../../lib/operators/to-first-success.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

const { a, b, A, B, C } = records;

describe('toFirstSuccess', () => {
  it(
    'emits the first success and leaves its source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' --A-b-c--|', records);
      const subs = '       ^---!';
      const expected = '   ----(b|)';

      expectObservable(source.pipe(toFirstSuccess())).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'aborts what is in flight and pulls no more at the first success',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const inputs = watched('abc');
      const net = transport({ 'http://a/': '---------(p|)', 'http://b/': '-----(p|)', 'http://c/': '-(p|)' });
      const pulls = '   (ab)-R';
      const a = '       ^----!';
      const b = '       ^----!';
      const expected = '-----(x|)';

      expectObservable(inputs.pulls$).toBe(pulls);
      const first$ = fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(toFirstSuccess());
      const index$ = first$.pipe(map((first) => (Array.isArray(first) ? 'all failed' : first.index)));
      expectObservable(index$).toBe(expected, { x: 1 });
      expectSubscriptions(net.attempt('http://a/').subscriptions).toBe(a);
      expectSubscriptions(net.attempt('http://b/').subscriptions).toBe(b);
      expectSubscriptions(net.attempt('http://c/').subscriptions).toBe([]);
    }),
  );

  it(
    'emits all failures in the order of their inputs when all failed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --C-A-B-|', records);
      const subs = '        ^-------!';
      const expected = '    --------(x|)';

      expectObservable(source.pipe(toFirstSuccess())).toBe(expected, { x: [A, B, C] });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits an empty batch for an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(toFirstSuccess())).toBe('(x|)', { x: [] });
    }),
  );

  it(
    'emits the only record when it is a success',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--a--|', records).pipe(toFirstSuccess())).toBe('--(a|)', records);
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(toFirstSuccess())).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A--#', records, 'the source broke');
      const subs = '        ^---!';
      const expected = '    ----#';

      expectObservable(source.pipe(toFirstSuccess())).toBe(expected, undefined, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -A-B-c-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';

      expectObservable(source.pipe(toFirstSuccess()), unsub).toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('reads no further in a synchronous source once it has a success', () => {
    const read: unknown[] = [];
    const emitted: unknown[] = [];
    of(A, b, a)
      .pipe(
        tap((record) => read.push(record)),
        toFirstSuccess(),
      )
      .subscribe((first) => emitted.push(first));
    expect(read).toEqual([A, b]);
    expect(emitted).toEqual([b]);
  });

  it('forgets the failures of one subscription for the next', () => {
    const batches: unknown[] = [];
    const first$ = of(B, A).pipe(toFirstSuccess());
    first$.subscribe((batch) => batches.push(batch));
    first$.subscribe((batch) => batches.push(batch));
    expect(batches).toEqual([
      [A, B],
      [A, B],
    ]);
  });

  it('takes the success that is pushed while a failure arrives', () => {
    const source = new Subject<typeof A | typeof b>();
    const emitted: unknown[] = [];
    source
      .pipe(
        tap((record) => {
          if (!record.ok) source.next(b);
        }),
        toFirstSuccess(),
      )
      .subscribe((first) => emitted.push(first));
    source.next(A);
    expect(emitted).toEqual([b]);
    expect(source.observed).toBe(false);
  });
});
