import { EMPTY, NEVER, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchResult } from '../../lib/model/result.js';
import { mapSuccess } from '../../lib/operators/map-success.js';
import { toBatchOrThrow } from '../../lib/operators/to-batch-or-throw.js';
import { marbles } from '../support/marbles.js';
import { records, success } from '../support/records.js';

const upper = { a: success(0, 'VALUE OF A'), b: success(1, 'VALUE OF B') };
const toUpperCase = (value: string): string => value.toUpperCase();

describe('mapSuccess', () => {
  it(
    'changes the value of each success, keeps what else its record says, and lets failures pass',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --a-B---b--|', records);
      const subs = '        ^----------!';
      const expected = '    --a-B---b--|';

      expectObservable(source.pipe(mapSuccess(toUpperCase))).toBe(expected, { ...upper, B: records.B });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('gives the callback the value and its record', () => {
    const seen: unknown[] = [];
    of(records.a)
      .pipe(mapSuccess((...given) => seen.push(given)))
      .subscribe();
    expect(seen).toEqual([['value of a', records.a]]);
  });

  it(
    'has the context of the request at hand',
    marbles(({ transport, expectObservable }) => {
      const net = transport({ 'http://a/': '-(p|)' });
      const joined$ = fetchFrom([{ url: 'http://a/', context: { row: 7 } }], { transport: net }).pipe(
        mapSuccess(({ status }, { request }) => `row ${request.context?.row ?? 'none'}: ${status}`),
        toBatchOrThrow(),
      );
      expectObservable(joined$).toBe('-(x|)', { x: ['row 7: 200'] });
    }),
  );

  it(
    'does not ask the callback about failures',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-A-B|', records);
      const change = (): never => {
        throw new Error('asked');
      };
      expectObservable(source.pipe(mapSuccess(change))).toBe('-A-B|', records);
    }),
  );

  it('does not change the record it was given', () => {
    const given = success(0, 'value');
    of(given).pipe(mapSuccess(toUpperCase)).subscribe();
    expect(given).toEqual(success(0, 'value'));
  });

  it('makes a failure of kind `project` of a throw, and goes on', () => {
    const thrown = new TypeError('no title');
    const passed: FetchResult<string>[] = [];
    of(records.a, records.b)
      .pipe(
        mapSuccess((value, { index }) => {
          if (index === 0) throw thrown;
          return value;
        }),
      )
      .subscribe((record) => passed.push(record));
    expect(passed).toMatchObject([
      {
        ok: false,
        index: 0,
        request: records.a.request,
        attempts: 1,
        waited: 2,
        duration: 3,
        error: { kind: 'project', phase: 'project', retryable: false, cause: thrown },
      },
      records.b,
    ]);
    expect(passed[0]).toHaveProperty(
      'error.message',
      'GET http://a/: `mapSuccess` threw TypeError: no title',
    );
    expect(passed[0]).not.toHaveProperty('value');
  });

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(mapSuccess(toUpperCase))).toBe('|');
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(mapSuccess(toUpperCase))).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--#', records, 'the source broke');
      const subs = '        ^---!';
      const expected = '    -a--#';

      expectObservable(source.pipe(mapSuccess(toUpperCase))).toBe(expected, upper, 'the source broke');
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

      expectObservable(source.pipe(mapSuccess(toUpperCase)), unsub).toBe(expected, upper);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('asks no more in a synchronous source once nobody listens', () => {
    const asked: string[] = [];
    of(records.a, records.b)
      .pipe(
        mapSuccess((value) => asked.push(value)),
        take(1),
      )
      .subscribe();
    expect(asked).toEqual(['value of a']);
  });

  it('changes a record that is pushed while another is changed', () => {
    const source = new Subject<FetchResult<string>>();
    const passed: FetchResult<string>[] = [];
    source.pipe(mapSuccess(toUpperCase)).subscribe((record) => {
      passed.push(record);
      if (passed.length === 1) source.next(records.b);
    });
    source.next(records.a);
    expect(passed).toEqual([upper.a, upper.b]);
  });
});
