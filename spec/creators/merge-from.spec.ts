import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  of,
  range,
  startWith,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeFrom } from '../../lib/creators/merge-from.js';
import { watched } from '../support/inputs.js';
import { marbles } from '../support/marbles.js';

/** Numbers without end, written down as they are read. */
function* numbers(read: number[]): Generator<number> {
  for (let n = 0; ; n++) {
    read.push(n);
    yield n;
  }
}

describe('mergeFrom', () => {
  it(
    'takes an input only when a slot is free, and merges what its project gives',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inputs = watched('abc');
      const inner = [cold('--1----2-|'), cold('----3-|'), cold('--4-|')];
      const pulls = '   (ab)--c--E';
      const subsA = '   ^--------!';
      const subsB = '   ^-----!';
      const subsC = '   ------^---!';
      const expected = '--1-3--24-|';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectObservable(mergeFrom(inputs, (_, index) => inner[index] ?? EMPTY, { concurrency: 2 })).toBe(
        expected,
      );
      expectSubscriptions(inner[0]!.subscriptions).toBe(subsA);
      expectSubscriptions(inner[1]!.subscriptions).toBe(subsB);
      expectSubscriptions(inner[2]!.subscriptions).toBe(subsC);
    }),
  );

  it(
    'gives its project each input and its index',
    marbles(({ expectObservable }) => {
      const merged$ = mergeFrom(['x', 'y'], (input, index) => of(`${index}${input}`));
      expectObservable(merged$).toBe('(ab|)', { a: '0x', b: '1y' });
    }),
  );

  it(
    'completes when there is nothing to take',
    marbles(({ expectObservable }) => {
      expectObservable(mergeFrom([], () => NEVER)).toBe('|');
    }),
  );

  it(
    'completes when nothing comes of any input',
    marbles(({ expectObservable }) => {
      expectObservable(mergeFrom([1, 2, 3], () => EMPTY, { concurrency: 2 })).toBe('|');
    }),
  );

  it(
    'never completes while an inner Observable does not',
    marbles(({ expectObservable }) => {
      expectObservable(mergeFrom([1], () => NEVER)).toBe('-');
    }),
  );

  it(
    'errors with the first inner Observable that does, and unsubscribes from the others',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inputs = watched('abc');
      const slow = cold('---------1|');
      const broken = cold('--2--#', undefined, 'b is broken');
      const pulls = '     (ab)-R';
      const slowSubs = '  ^----!';
      const brokenSubs = '^----!';
      const expected = '  --2--#';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectObservable(
        mergeFrom(inputs, (url) => (url === 'http://a/' ? slow : broken), { concurrency: 2 }),
      ).toBe(expected, undefined, 'b is broken');
      expectSubscriptions(slow.subscriptions).toBe(slowSubs);
      expectSubscriptions(broken.subscriptions).toBe(brokenSubs);
    }),
  );

  it(
    'errors when its project throws',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('--1|');
      const subs = '      ^--!';
      const expected = '  --1#';
      const project = (input: number): typeof first => {
        if (input === 2) throw new RangeError('two is too many');
        return first;
      };
      expectObservable(mergeFrom([1, 2, 3], project, { concurrency: 1 })).toBe(
        expected,
        undefined,
        new RangeError('two is too many'),
      );
      expectSubscriptions(first.subscriptions).toBe(subs);
    }),
  );

  it(
    'errors when the iterator throws, after what was taken has completed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('--1--|');
      function* broken(): Generator<number> {
        yield 1;
        throw new Error('no more');
      }
      const subs = '     ^----!';
      const expected = ' --1--#';

      expectObservable(mergeFrom(broken(), () => inner)).toBe(expected, undefined, new Error('no more'));
      expectSubscriptions(inner.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from what is under way, and tells the iterator to return, when it is unsubscribed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inputs = watched('abc');
      const inner = cold('-1--------|');
      const pulls = '   (ab)R';
      const unsub = '   ----!';
      const subs = '    ^---!';
      const expected = '-(11)';

      expectObservable(inputs.pulls$).toBe(pulls);
      expectObservable(
        mergeFrom(inputs, () => inner, { concurrency: 2 }),
        unsub,
      ).toBe(expected);
      expectSubscriptions(inner.subscriptions).toBe([subs, subs]);
    }),
  );

  it(
    'does nothing before it is subscribed, and begins anew with each subscription',
    marbles(({ cold, flush, expectObservable, expectSubscriptions }) => {
      const inputs = watched('a');
      const inner = cold('--1|');
      const merged$ = mergeFrom(inputs, () => inner, { concurrency: 1 });
      flush();
      expectObservable(inputs.pulls$).toBe('  a--Ea--E');
      expectObservable(merged$, '             ^-------').toBe('--1|');
      expectObservable(merged$, '             ----^---').toBe('------1|');
      expectSubscriptions(inner.subscriptions).toBe(['  ^--!', '----^--!']);
    }),
  );

  it(
    'runs more or fewer at once as an Observable of the concurrency says',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('        -----(x|)');
      const concurrency = cold('  ---2----', { 2: 2 }).pipe(startWith(1));
      const expected = '          -----x--x-x--(x|)';

      expectObservable(mergeFrom([1, 2, 3, 4], () => inner, { concurrency })).toBe(expected);
      expectSubscriptions(inner.subscriptions).toBe(['^----!', '---^----!', '-----^----!', '--------^----!']);
    }),
  );

  it('takes synchronous inner Observables without end, and no stack', () => {
    const count = 100_000;
    let sum = 0;
    mergeFrom(Array(count).keys(), (n) => of(n), { concurrency: 1 }).subscribe((n) => (sum += n));
    expect(sum).toBe((count * (count - 1)) / 2);
  });

  it('stops an inner Observable that emits on and on when nobody listens any more', () => {
    const seen: number[] = [];
    mergeFrom([1], () => range(0, Infinity))
      .pipe(take(3))
      .subscribe((n) => seen.push(n));
    expect(seen).toEqual([0, 1, 2]);
  });

  it.each([
    ['a generator', numbers],
    ['another mergeFrom', (read: number[]) => mergeFrom(numbers(read), (n) => of(n), { concurrency: 1 })],
  ])('reads no further in %s that it merges when nobody listens any more', (_, inner) => {
    const read: number[] = [];
    mergeFrom([1], () => inner(read))
      .pipe(take(2))
      .subscribe();
    expect(read).toEqual([0, 1]);
  });

  it('takes whatever RxJS can subscribe to: promises, iterables, async iterables', async () => {
    const inputs = [Promise.resolve('promised'), ['listed', 'twice'], from(['observed'])];
    const merged = await lastValueFrom(mergeFrom(inputs, (input) => input).pipe(toArray()));
    expect(merged.sort()).toEqual(['listed', 'observed', 'promised', 'twice']);
  });

  it('pulls from an async iterable too', async () => {
    async function* oneAndTwo(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    const merged$ = mergeFrom(oneAndTwo(), (n) => concat(of(n), Promise.resolve(n * 10)), { concurrency: 1 });
    expect(await lastValueFrom(merged$.pipe(toArray()))).toEqual([1, 10, 2, 20]);
  });

  it('goes on where a value makes an inner Observable complete in that very call', () => {
    const inner = [new Subject<string>(), new Subject<string>()];
    const seen: string[] = [];
    mergeFrom([0, 1], (n) => inner[n] ?? EMPTY, { concurrency: 1 }).subscribe({
      next: (value) => {
        seen.push(value);
        if (value === 'first') inner[0]?.complete();
      },
      complete: () => seen.push('completed'),
    });
    inner[0]?.next('first');
    inner[1]?.next('second');
    inner[1]?.complete();
    expect(seen).toEqual(['first', 'second', 'completed']);
  });

  it('checks what it is given when it is called', () => {
    expect(() => mergeFrom([1], 'project' as never)).toThrow(
      'mergeFrom: expected project to be a function, got "project" (string)',
    );
    expect(() => mergeFrom([1], () => EMPTY, { concurrency: -1 })).toThrow(
      'mergeFrom: expected `concurrency` to be an integer from 1 up, or an Observable of them, got `-1` (number)',
    );
    expect(() => mergeFrom([1], () => EMPTY, { lookahead: 1 } as never)).toThrow(
      'mergeFrom: there is no option `lookahead`; the options are concurrency',
    );
    expect(() => mergeFrom([1], () => EMPTY, 4 as never)).toThrow(
      'mergeFrom: expected options to be an object, got `4` (number)',
    );
    expect(() => mergeFrom('abc', () => throwError(() => 'never'))).toThrow('got a single one');
  });
});
