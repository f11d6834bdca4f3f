import { EMPTY, from, interval, map, merge, NEVER, of, Subject, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchResult } from '../../lib/model/result.js';
import { inOrder } from '../../lib/operators/in-order.js';
import { marbles } from '../support/marbles.js';
import { records, success } from '../support/records.js';

const indexOf = ({ index }: FetchResult<unknown>): number => index;

describe('inOrder', () => {
  it(
    'holds a record that came before its turn, and passes it on with the one it waited for',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --b-c--a----d--|', records);
      const subs = '        ^--------------!';
      const expected = '    -------(abc)d--|';

      expectObservable(source.pipe(inOrder())).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes records on at once that come in their order, failures too',
    marbles(({ cold, expectObservable }) => {
      const source = cold(' -a-B--c|', records);
      const expected = '    -a-B--c|';

      expectObservable(source.pipe(inOrder())).toBe(expected, records);
    }),
  );

  it(
    'passes on over a gap in the order when its source completes',
    marbles(({ cold, expectObservable }) => {
      const source = cold(' -d-b--|', records);
      const expected = '    ------(bd|)';

      expectObservable(source.pipe(inOrder())).toBe(expected, records);
    }),
  );

  it(
    'passes on over a gap in the order before an error of its source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -d-b--#', records, 'the source broke');
      const subs = '        ^-----!';
      const expected = '    ------(bd#)';

      expectObservable(source.pipe(inOrder())).toBe(expected, records, 'the source broke');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(inOrder())).toBe('|');
    }),
  );

  it(
    'passes on a single record',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--a--|', records).pipe(inOrder())).toBe('--a--|', records);
    }),
  );

  it(
    'never emits for a source that never does',
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(inOrder())).toBe('-');
    }),
  );

  it(
    'unsubscribes from its source, and drops what it holds, when it is unsubscribed',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-c---b-|', records);
      const unsub = '      -----!';
      const subs = '       ^----!';
      const expected = '   -a----';

      expectObservable(source.pipe(inOrder()), unsub).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'leaves its source in the middle of what it held when it is unsubscribed there',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -b-c-a---d-|', records);
      const subs = '       ^----!';
      const expected = '   -----(ab|)';

      expectObservable(source.pipe(inOrder(), take(2))).toBe(expected, records);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('stops passing on over gaps when it is unsubscribed there', () => {
    const passed: number[] = [];
    of(records.d, records.c, records.b)
      .pipe(inOrder(), map(indexOf), take(2))
      .subscribe((index) => passed.push(index));
    expect(passed).toEqual([1, 2]);
  });

  it('reads no further in a synchronous source once nobody listens', () => {
    const read: number[] = [];
    of(records.a, records.b, records.c)
      .pipe(
        tap(({ index }) => read.push(index)),
        inOrder(),
        take(1),
      )
      .subscribe();
    expect(read).toEqual([0]);
  });

  it('keeps the order when a record is pushed while others are passed on', () => {
    const source = new Subject<FetchResult<string>>();
    const passed: number[] = [];
    source.pipe(inOrder(), map(indexOf)).subscribe((index) => {
      if (index === 0) source.next(records.c);
      passed.push(index);
    });
    source.next(records.b);
    source.next(records.a);
    expect(passed).toEqual([0, 1, 2]);
  });

  it('needs no stack for many records that waited for one', () => {
    const count = 50_000;
    let inTurn = 0;
    const late = Array.from({ length: count }, (_, index) => success((index + 1) % count, index));
    from(late)
      .pipe(inOrder({ window: Infinity }), map(indexOf))
      .subscribe((index) => {
        if (index === inTurn) inTurn++;
      });
    expect(inTurn).toBe(count);
  });

  it(
    'keeps the order of pipelines whose transport takes any time',
    marbles(({ transport, expectResults }) => {
      const urls = ['http://a/', 'http://b/', 'http://c/', 'http://d/'];
      const net = transport({
        'http://a/': '-----(p|)',
        'http://b/': '-#',
        'http://c/': '---(p|)',
        'http://d/': '----------(p|)',
      });
      const results$ = fetchFrom(urls, { transport: net, retry: false }).pipe(inOrder());
      expectResults(results$).toBe('-----(aBc)(d|)');
    }),
  );

  it(
    'passes on at once what has the index of a record that came before, as merged pipelines give',
    marbles(({ transport, expectResults }) => {
      const net = transport({ 'http://a/': '-(p|)', 'http://b/': '--(p|)', 'http://c/': '---(p|)' });
      const each = ['http://a/', 'http://b/', 'http://c/'].map((url) => fetchFrom([url], { transport: net }));
      const first = { index: 0 };
      expectResults(merge(...each).pipe(inOrder())).toBe('-ab(c|)', { a: first, b: first, c: first });
    }),
  );

  it('loses no record of two that share an index and came before their turn', () => {
    const passed: unknown[] = [];
    const twin = success(1, 'twin of b');
    of(records.b, twin, records.a)
      .pipe(inOrder())
      .subscribe((record) => passed.push(record));
    expect(passed).toEqual([twin, records.a, records.b]);
  });

  it(
    'has an order of its own for each subscription',
    marbles(({ expectObservable }) => {
      const source = interval(1).pipe(
        take(2),
        map((tick) => (tick === 0 ? records.b : records.a)),
        inOrder(),
      );
      expectObservable(source).toBe('        --(ab|)', records);
      expectObservable(source, '---^').toBe('-----(ab|)', records);
    }),
  );

  it.each([0, -1, 1.5, NaN, '3', null])('refuses a window of %j', (window) => {
    expect(() => inOrder({ window: window as number })).toThrow(
      /^inOrder: expected `window` to be an integer from 1 up, got /,
    );
  });

  it('refuses options that are none, and names that it does not know', () => {
    expect(() => inOrder(3 as never)).toThrow('inOrder: expected options to be an object, got `3` (number)');
    expect(() => inOrder({ windows: 3 } as never)).toThrow(
      'inOrder: there is no option `windows`; did you mean `window`?',
    );
  });
});
