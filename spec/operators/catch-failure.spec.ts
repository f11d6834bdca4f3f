import { EMPTY, lastValueFrom, map, NEVER, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { FetchResult } from '../../lib/model/result.js';
import { catchFailure } from '../../lib/operators/catch-failure.js';
import { mapSuccess } from '../../lib/operators/map-success.js';
import { toBatchOrThrow } from '../../lib/operators/to-batch-or-throw.js';
import type { ProjectResult } from '../../lib/pipeline/project.js';
import { marbles } from '../support/marbles.js';
import { failure, records, success } from '../support/records.js';

const recovered = { A: success(0, 'recovered'), B: success(1, 'recovered') };
const recover = (): string => 'recovered';

describe('catchFailure', () => {
  it(
    'makes successes of failures, keeps what else their records say, and lets successes pass',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a-B---A--|', records);
      const subs = '        ^----------!';
      const expected = '    --a-B---A--|';

      expectObservable(source.pipe(catchFailure(recover))).toBe(expected, { a: records.a, ...recovered });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('gives the callback the error and its record', () => {
    const seen: unknown[] = [];
    of(records.A)
      .pipe(catchFailure((...given) => seen.push(given)))
      .subscribe();
    expect(seen).toEqual([[records.A.error, records.A]]);
  });

  it(
    'has the context of the request at hand',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ 'http://a/': '-(4|)' });
      const values$ = fetchFrom([{ url: 'http://a/', context: { row: 7 } }], { transport: net }).pipe(
        mapSuccess(({ status }) => String(status)),
        catchFailure(({ status }, { request }) => `row ${request.context?.row ?? 'none'}: ${status ?? 0}`),
        toBatchOrThrow(),
      );
      expectObservable(values$).toBe('-(x|)', { x: ['row 7: 404'] });
    }),
  );

  it('keeps a failure with the FetchError that is thrown, such as its own', () => {
    const other = new FetchError('blocked', 'not for us');
    const passed: FetchResult<unknown>[] = [];
    of(records.A, records.B)
      .pipe(
        catchFailure((error, { index }) => {
          throw index === 0 ? error : other;
        }),
      )
      .subscribe((record) => passed.push(record));
    expect(passed).toEqual([records.A, { ...records.B, error: other }]);
    expect(passed[0]).toHaveProperty('error', records.A.error);
  });

  it('makes a failure of kind `project` of anything else that is thrown', () => {
    const thrown = new SyntaxError('no default');
    const passed: FetchResult<unknown>[] = [];
    of(records.A)
      .pipe(
        catchFailure(() => {
          throw thrown;
        }),
      )
      .subscribe((record) => passed.push(record));
    expect(passed).toMatchObject([
      { ok: false, index: 0, attempts: 1, waited: 2, duration: 3, error: { kind: 'project', cause: thrown } },
    ]);
    expect(passed[0]).toHaveProperty(
      'error.message',
      'GET http://a/: `catchFailure` threw SyntaxError: no default',
    );
  });

  it('hands a failure that it made to the next catchFailure', () => {
    const values: unknown[] = [];
    of(records.a)
      .pipe(
        mapSuccess((): string => {
          throw new Error('first');
        }),
        catchFailure((): string => {
          throw new Error('second');
        }),
        catchFailure((error) => error.message),
        mapSuccess((value) => values.push(value)),
      )
      .subscribe();
    expect(values).toEqual(['GET http://a/: `catchFailure` threw Error: second']);
  });

  it(
    'passes records on as their values come, and unsubscribes from what is left',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('       -A-B-------|', records);
      const slow = cold('         ----------(x|)');
      const fast = cold('           -(x|)');
      const unsub = '            -------!';
      const sourceSubs = '       ^------!';
      const slowSubs = '         -^-----!';
      const fastSubs = '         ---^!';
      const expected = '         ----b---';

      const result$ = source.pipe(catchFailure((_, { index }) => (index === 0 ? slow : fast)));
      expectObservable(result$, unsub).toBe(expected, { b: success(1, 'x') });
      expectSubscriptions(source.subscriptions).toBe(sourceSubs);
      expectSubscriptions(slow.subscriptions).toBe(slowSubs);
      expectSubscriptions(fast.subscriptions).toBe(fastSubs);
    }),
  );

  it.each<[what: string, recover: () => ProjectResult<string>]>([
    ['a promise', () => Promise.resolve('later')],
    ['an Observable, of which the last value counts', () => of('first', 'later')],
    [
      'an async generator, of which the last value counts',
      async function* () {
        yield 'first';
        yield 'later';
      },
    ],
    [
      'a generator, of which the last value counts',
      function* () {
        yield 'first';
        yield 'later';
      },
    ],
  ])('waits for %s', async (_, later) => {
    expect(await lastValueFrom(of(failure(0)).pipe(catchFailure(later)))).toEqual(success(0, 'later'));
  });

  it.each([
    ['a string', 'text'],
    ['an array', ['a', 'b']],
    ['undefined', undefined],
  ])('takes %s for the value itself', (_, value) => {
    const passed: FetchResult<unknown>[] = [];
    of(failure(0))
      .pipe(catchFailure(() => value))
      .subscribe((record) => passed.push(record));
    expect(passed).toEqual([success(0, value)]);
  });

  it.each<[what: string, recover: () => ProjectResult<string>, error: object]>([
    [
      'rejects with a FetchError',
      () => Promise.reject(new FetchError('dns', 'no such host')),
      { kind: 'dns', message: 'no such host' },
    ],
    [
      'errors with something else',
      () => throwError(() => 'a string'),
      { kind: 'project', message: 'GET http://a/: `catchFailure` threw a string' },
    ],
    [
      'completes without a value',
      () => EMPTY,
      { kind: 'project', message: 'The callback returned an Observable that completed without a value' },
    ],
  ])('keeps a failure when what the callback returned %s', async (_, later, error) => {
    const result = await lastValueFrom(of(failure(0)).pipe(catchFailure(later)));
    expect(result).toMatchObject({ ok: false, index: 0, error });
  });

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(catchFailure(recover))).toBe('|');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(catchFailure(recover))).toBe('-');
    }),
  );

  it(
    'passes an error of the source through: it is not a failure',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A--#', records, 'the source broke');
      const subs = '        ^---!';
      const expected = '    -A--#';

      expectObservable(source.pipe(catchFailure(recover))).toBe(expected, recovered, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('asks no more in a synchronous source once nobody listens', () => {
    const asked: number[] = [];
    of(records.A, records.B)
      .pipe(
        catchFailure((_, { index }) => asked.push(index)),
        take(1),
      )
      .subscribe();
    expect(asked).toEqual([0]);
  });

  it('recovers a record that is pushed while another is recovered', () => {
    const source = new Subject<FetchResult<string>>();
    const indexes: number[] = [];
    source
      .pipe(
        catchFailure(recover),
        map(({ index }) => index),
      )
      .subscribe((index) => {
        indexes.push(index);
        if (indexes.length === 1) source.next(records.B);
      });
    source.next(records.A);
    expect(indexes).toEqual([0, 1]);
  });
});
