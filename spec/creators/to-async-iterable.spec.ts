import { concat, EMPTY, interval, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toAsyncIterable } from '../../lib/creators/async-iterable.js';
import { settled } from '../support/switchboard.js';

/** All that a loop is given. */
async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

/** An Observable that notes how it is subscribed to and left. */
function noted<T>(source: Observable<T>): { readonly log: string[]; readonly noted$: Observable<T> } {
  const log: string[] = [];
  const noted$ = new Observable<T>((subscriber) => {
    log.push('subscribed');
    subscriber.add(() => log.push('left'));
    return source.subscribe(subscriber);
  });
  return { log, noted$ };
}

describe('toAsyncIterable', () => {
  it('gives a loop what an Observable emits, in order', async () => {
    expect(await collect(toAsyncIterable(of(1, 2, 3)))).toEqual([1, 2, 3]);
  });

  it('ends a loop at once for an empty Observable', async () => {
    expect(await collect(toAsyncIterable(EMPTY))).toEqual([]);
  });

  it('lets a loop wait for what comes later', async () => {
    const source = new Subject<number>();
    const collected = collect(toAsyncIterable(source));
    source.next(1);
    await settled();
    source.next(2);
    source.complete();
    expect(await collected).toEqual([1, 2]);
  });

  it('throws an error after what came before it was taken, once', async () => {
    const iterator = toAsyncIterable(
      concat(
        of(1, 2),
        throwError(() => new Error('broken')),
      ),
    )[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
    await expect(iterator.next()).rejects.toThrow('broken');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('throws `undefined` too, where that is the error', async () => {
    const iterator = toAsyncIterable(throwError(() => undefined))[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toBeUndefined();
  });

  it('subscribes when a value is asked for, not before', async () => {
    const { log, noted$ } = noted(of(1));
    const iterator = toAsyncIterable(noted$)[Symbol.asyncIterator]();
    await settled();
    expect(log).toEqual([]);
    void iterator.next();
    expect(log[0]).toBe('subscribed');
  });

  it('subscribes anew for each loop', async () => {
    const { log, noted$ } = noted(of(1));
    const values = toAsyncIterable(noted$);
    expect(await collect(values)).toEqual([1]);
    expect(await collect(values)).toEqual([1]);
    expect(log).toEqual(['subscribed', 'left', 'subscribed', 'left']);
  });

  it('unsubscribes when a loop is left by `break`', async () => {
    const { log, noted$ } = noted(concat(of(1, 2, 3), NEVER));
    for await (const value of toAsyncIterable(noted$)) {
      if (value === 2) break;
    }
    expect(log).toEqual(['subscribed', 'left']);
  });

  it('unsubscribes when a loop is left by a throw', async () => {
    const { log, noted$ } = noted(concat(of(1), NEVER));
    const looping = async (): Promise<void> => {
      for await (const value of toAsyncIterable(noted$)) throw new Error(`did not like ${value}`);
    };
    await expect(looping()).rejects.toThrow('did not like 1');
    expect(log).toEqual(['subscribed', 'left']);
  });

  it('serves several next() calls in the order in which they were made', async () => {
    const source = new Subject<string>();
    const iterator = toAsyncIterable(source)[Symbol.asyncIterator]();
    const asked = [iterator.next(), iterator.next(), iterator.next()];
    source.next('first');
    source.next('second');
    source.complete();
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: 'first' },
      { done: false, value: 'second' },
      { done: true, value: undefined },
    ]);
  });

  it('fails the first of several next() calls that wait when the Observable errors', async () => {
    const source = new Subject<string>();
    const iterator = toAsyncIterable(source)[Symbol.asyncIterator]();
    const asked = Promise.allSettled([iterator.next(), iterator.next()]);
    source.error(new Error('broken'));
    expect(await asked).toMatchObject([
      { status: 'rejected', reason: { message: 'broken' } },
      { status: 'fulfilled', value: { done: true } },
    ]);
  });

  it('ends the next() calls that wait when return() is called', async () => {
    const { log, noted$ } = noted(NEVER);
    const iterator = toAsyncIterable(noted$)[Symbol.asyncIterator]();
    const asked = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await asked).toEqual({ done: true, value: undefined });
    expect(log).toEqual(['subscribed', 'left']);
  });

  it('drops what nobody took when return() is called', async () => {
    const iterator = toAsyncIterable(of(1, 2, 3))[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('never subscribes once return() was called', async () => {
    const { log, noted$ } = noted(interval(1));
    const iterator = toAsyncIterable(noted$)[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(log).toEqual([]);
  });

  it('gives an iterator that can be looped over itself', async () => {
    const iterator = toAsyncIterable(of(1, 2, 3))[Symbol.asyncIterator]() as AsyncIterableIterator<number>;
    await iterator.next();
    expect(await collect(iterator)).toEqual([2, 3]);
  });

  it('queues what a source emits that cannot be slowed', async () => {
    const count = 10_000;
    const numbers = Array.from({ length: count }, (_, n) => n);
    expect(await collect(toAsyncIterable(of(...numbers)))).toEqual(numbers);
  });
});
