import { EMPTY, NEVER, of, Subject, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { successes } from '../../lib/operators/successes.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

describe('successes', () => {
  it(
    'lets successes through and drops failures',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A-a-B---c-|', records);
      const subs = '        ^----------!';
      const expected = '    ---a-----c-|';

      expectObservable(source.pipe(successes())).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'lets a single one through',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--a--|', records).pipe(successes())).toBe('--a--|', records);
    }),
  );

  it(
    'completes without a record when there are only failures',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-A-A-|', records).pipe(successes())).toBe('-----|');
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(successes())).toBe('|');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(successes())).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-A-#', records, 'the source broke');
      const subs = '        ^----!';
      const expected = '    -a---#';

      expectObservable(source.pipe(successes())).toBe(expected, records, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-A-a-A-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';
      const expected = '   -a---';

      expectObservable(source.pipe(successes()), unsub).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('reads no further in a synchronous source once nobody listens', () => {
    const read: unknown[] = [];
    of(records.A, records.a, records.a)
      .pipe(
        tap((record) => read.push(record)),
        successes(),
        take(1),
      )
      .subscribe();
    expect(read).toEqual([records.A, records.a]);
  });

  it('lets one through that is pushed while another is passing', () => {
    const source = new Subject<typeof records.a>();
    const passed: unknown[] = [];
    source.pipe(successes()).subscribe((record) => {
      passed.push(record);
      if (passed.length === 1) source.next(records.a);
    });
    source.next(records.a);
    expect(passed).toEqual([records.a, records.a]);
  });
});
