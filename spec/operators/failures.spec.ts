import { EMPTY, NEVER, of, Subject, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { failures } from '../../lib/operators/failures.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

describe('failures', () => {
  it(
    'lets failures through and drops successes',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A-a-B---c-|', records);
      const subs = '        ^----------!';
      const expected = '    -A---B-----|';

      expectObservable(source.pipe(failures())).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'lets a single one through',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--A--|', records).pipe(failures())).toBe('--A--|', records);
    }),
  );

  it(
    'completes without a record when there are only successes',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-a-|', records).pipe(failures())).toBe('-----|');
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(failures())).toBe('|');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(failures())).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A-a-#', records, 'the source broke');
      const subs = '        ^----!';
      const expected = '    -A---#';

      expectObservable(source.pipe(failures())).toBe(expected, records, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -A-a-A-a-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';
      const expected = '   -A---';

      expectObservable(source.pipe(failures()), unsub).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('reads no further in a synchronous source once nobody listens', () => {
    const read: unknown[] = [];
    of(records.a, records.A, records.A)
      .pipe(
        tap((record) => read.push(record)),
        failures(),
        take(1),
      )
      .subscribe();
    expect(read).toEqual([records.a, records.A]);
  });

  it('lets one through that is pushed while another is passing', () => {
    const source = new Subject<typeof records.A>();
    const passed: unknown[] = [];
    source.pipe(failures()).subscribe((record) => {
      passed.push(record);
      if (passed.length === 1) source.next(records.A);
    });
    source.next(records.A);
    expect(passed).toEqual([records.A, records.A]);
  });
});
