import { EMPTY, NEVER, of, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { FetchError } from '../../lib/model/fetch-error.js';
import { toBatchOrThrow } from '../../lib/operators/to-batch-or-throw.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';
import { records } from '../support/records.js';

describe('toBatchOrThrow', () => {
  it(
    'joins values alone, in the order of their inputs',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --c-a---b--|', records);
      const subs = '        ^----------!';
      const expected = '    -----------(x|)';

      expectObservable(source.pipe(toBatchOrThrow())).toBe(expected, {
        x: ['value of a', 'value of b', 'value of c'],
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'errors with the FetchError of the first failure and leaves its source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' --c-B---A--|', records);
      const subs = '       ^---!';
      const expected = '   ----#';

      expectObservable(source.pipe(toBatchOrThrow())).toBe(expected, undefined, records.B.error);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'aborts what is in flight and pulls no more at the first failure',
    marbles(({ transport, expectObservable, expectSubscriptions }) => {
      const inputs = watched('abc');
      const broken = new FetchError('network', 'drawn to break');
      const net = transport({ 'http://a/': '-----#', 'http://b/': '---------(p|)' }, {}, broken);
      const pulls = '   (ab)-R';
      const a = '       ^----!';
      const b = '       ^----!';
      const expected = '-----#';

      expectObservable(inputs.pulls$).toBe(pulls);
      const values$ = fetchFrom(inputs, { transport: net, concurrency: 2 }).pipe(toBatchOrThrow());
      expectObservable(values$).toBe(expected, undefined, broken);
      expectSubscriptions(net.attempt('http://a/').subscriptions).toBe(a);
      expectSubscriptions(net.attempt('http://b/').subscriptions).toBe(b);
    }),
  );

  it(
    'gives an empty batch for an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(toBatchOrThrow())).toBe('(x|)', { x: [] });
    }),
  );

  it(
    'gives a batch of one',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|', records).pipe(toBatchOrThrow())).toBe('---(x|)', { x: ['value of a'] });
    }),
  );

  it(
    'never emits for a source that never completes',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(toBatchOrThrow())).toBe('-');
    }),
  );

  it(
    'passes an error of the source through',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a--#', records, 'the source broke');
      const subs = '        ^---!';
      const expected = '    ----#';

      expectObservable(source.pipe(toBatchOrThrow())).toBe(expected, undefined, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-b-c-|', records);
      const unsub = '      ----!';
      const subs = '       ^---!';

      expectObservable(source.pipe(toBatchOrThrow()), unsub).toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('reads no further in a synchronous source once one failed', () => {
    const read: unknown[] = [];
    const errors: unknown[] = [];
    of(records.a, records.B, records.c)
      .pipe(
        tap((record) => read.push(record)),
        toBatchOrThrow(),
      )
      .subscribe({ error: (error) => errors.push(error) });
    expect(read).toEqual([records.a, records.B]);
    expect(errors).toEqual([records.B.error]);
  });
});
