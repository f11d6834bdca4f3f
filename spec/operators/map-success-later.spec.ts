import { concat, lastValueFrom, NEVER, of, throwError, timer, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FetchResult } from '../../lib/model/result.js';
import { mapSuccess } from '../../lib/operators/map-success.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import type { ProjectResult } from '../../lib/pipeline/project.js';
import { marbles } from '../support/marbles.js';
import { failure, records, success } from '../support/records.js';

/** The one record that comes of a callback. */
const mapped = <R>(change: () => ProjectResult<R>): Promise<FetchResult<R>> =>
  lastValueFrom(of(success(0, 'page')).pipe(mapSuccess(change)));

async function* asyncGenerator(): AsyncGenerator<string> {
  yield 'first';
  await Promise.resolve();
  yield 'last';
}

function* generator(): Generator<string> {
  yield 'first';
  yield 'last';
}

async function* failingGenerator(): AsyncGenerator<string> {
  yield 'first';
  throw new TypeError('no');
}

const unprintable: unknown = Object.create(null);

describe('mapSuccess with a callback that gives its value later', () => {
  it(
    'passes records on as their values come: a slow one does not hold the others',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('      -a-b----|', records);
      const slow = cold('         -----(x|)');
      const fast = cold('           -(x|)');
      const sourceSubs = '       ^-------!';
      const slowSubs = '         -^----!';
      const fastSubs = '         ---^!';
      const expected = '         ----b-a-|';

      const result$ = source.pipe(mapSuccess((_, { index }) => (index === 0 ? slow : fast)));
      expectObservable(result$).toBe(expected, { a: success(0, 'x'), b: success(1, 'x') });
      expectSubscriptions(source.subscriptions).toBe(sourceSubs);
      expectSubscriptions(slow.subscriptions).toBe(slowSubs);
      expectSubscriptions(fast.subscriptions).toBe(fastSubs);
    }),
  );

  it(
    'takes the last of several values, when they are complete',
    marbles(({ cold, expectObservable }) => {
      const source = cold('   -a|', records);
      const values = cold('    -x-y--|');
      const expected = '      -------(a|)';

      expectObservable(source.pipe(mapSuccess(() => values))).toBe(expected, { a: success(0, 'y') });
    }),
  );

  it(
    'unsubscribes from what the callback returned when it is unsubscribed',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('    -a-----|', records);
      const values = cold('    --------(x|)');
      const unsub = '         ----!';
      const sourceSubs = '    ^---!';
      const valueSubs = '     -^--!';

      expectObservable(source.pipe(mapSuccess(() => values)), unsub).toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(sourceSubs);
      expectSubscriptions(values.subscriptions).toBe(valueSubs);
    }),
  );

  it(
    'makes a failure of an Observable that errors, and goes on',
    marbles(({ cold, expectObservable }) => {
      const source = cold('     -a--b|', records);
      const broken = (): Observable<never> => throwError(() => new Error('out of ink'));
      const expected = '        -x--b|';
      const kind$ = source.pipe(
        mapSuccess((value, { index }) => (index === 0 ? broken() : value)),
        map((result) => (result.ok ? result.value : result.error.message)),
      );
      expectObservable(kind$).toBe(expected, {
        x: 'GET http://a/: `mapSuccess` threw Error: out of ink',
        b: 'value of b',
      });
    }),
  );

  it(
    'errors with its source once the value that is still to come has come',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-#', records);
      const values = cold('   -----(x|)');
      const valueSubs = '    -^----!';
      const expected = '     ------(a#)';

      expectObservable(source.pipe(mapSuccess(() => values))).toBe(expected, {
        a: { ...records.a, value: 'x' },
      });
      expectSubscriptions(values.subscriptions).toBe(valueSubs);
    }),
  );

  it(
    'never emits for a value that never comes',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a|', records).pipe(mapSuccess(() => NEVER))).toBe('-');
    }),
  );

  it.each<[what: string, change: () => ProjectResult<string>]>([
    ['a promise', () => Promise.resolve('last')],
    [
      'a thenable',
      () => ({ then: (resolve: (value: string) => void) => resolve('last') }) as PromiseLike<string>,
    ],
    ['an Observable', () => concat(of('first'), timer(0).pipe(map(() => 'last')))],
    ['an async generator', asyncGenerator],
    ['a generator', generator],
  ])('waits for %s', async (_, change) => {
    expect(await mapped(change)).toEqual(success(0, 'last'));
  });

  it('waits for a ReadableStream', async () => {
    const stream = new ReadableStream<string>({
      start(controller) {
        controller.enqueue('first');
        controller.enqueue('last');
        controller.close();
      },
    });
    expect(await mapped(() => stream as AsyncIterable<string>)).toEqual(success(0, 'last'));
  });

  it.each<[what: string, returned: unknown]>([
    ['a string', 'last'],
    ['an array', [Promise.resolve(1), 2]],
    ['a Map', new Map([['a', 1]])],
    ['a Uint8Array', new Uint8Array([1, 2])],
    ['a function', () => 'not called'],
    ['null', null],
    ['undefined', undefined],
    ['an object with a `then` that is no function', { then: 'later' }],
  ])('takes %s for the value itself', async (_, returned) => {
    const result = await mapped(() => returned);
    expect(result).toHaveProperty('value');
    if (result.ok) expect(result.value).toBe(returned);
  });

  it.each<[what: string, change: () => unknown, says: string]>([
    [
      'a promise that rejects',
      () => Promise.reject(new Error('no')),
      'GET http://a/: `mapSuccess` threw Error: no',
    ],
    ['an Observable without a value', () => of(), 'completed without a value'],
    ['an async generator that throws', failingGenerator, 'GET http://a/: `mapSuccess` threw TypeError: no'],
    [
      'a rejection that cannot be printed',
      () => Promise.reject(unprintable),
      'a value that cannot be printed',
    ],
  ])('makes a failure of %s', async (_, change, says) => {
    const result = await mapped(change);
    expect(result).toMatchObject({ ok: false, index: 0, error: { kind: 'project' } });
    expect(result).toHaveProperty('error.message', expect.stringContaining(says));
  });

  it('calls the callback of a failure not at all, so nothing is waited for', async () => {
    const batch = await lastValueFrom(
      of(failure(0), failure(1)).pipe(
        mapSuccess(() => NEVER),
        toBatch(),
      ),
    );
    expect(batch).toEqual([failure(0), failure(1)]);
  });
});
