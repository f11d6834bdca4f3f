import { firstValueFrom, lastValueFrom, map, NEVER, of, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { page } from '../../lib/testing/index.js';
import { settled, Switchboard } from '../support/switchboard.js';

const a = 'http://a/';
const b = 'http://b/';
const c = 'http://c/';

const indexes = map(({ index }: { readonly index: number }) => index);

describe('fetchFrom of an async iterable', () => {
  it('pulls one input at a time, and only when a slot is free', async () => {
    const log: string[] = [];
    const board = new Switchboard();
    async function* inputs(): AsyncGenerator<string> {
      for (const url of [a, b, c]) {
        log.push(`pulled ${url}`);
        yield url;
      }
      log.push('done');
    }
    const batch = lastValueFrom(
      fetchFrom(inputs(), { transport: board.transport, concurrency: 2 }).pipe(toBatch()),
    );
    await settled();
    expect(log).toEqual([`pulled ${a}`, `pulled ${b}`]);
    expect(board.asked).toEqual([a, b]);

    board.answer(b);
    await settled();
    expect(log).toEqual([`pulled ${a}`, `pulled ${b}`, `pulled ${c}`]);

    board.answer(a);
    await settled();
    expect(log.at(-1)).toBe('done');

    board.answer(c);
    expect((await batch).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  it('never asks for an input while the one before it has not come', async () => {
    let pending = 0;
    let most = 0;
    let left = 5;
    const inputs: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          most = Math.max(most, ++pending);
          await settled();
          pending--;
          return left-- > 0 ? { done: false, value: a } : { done: true, value: undefined };
        },
      }),
    };
    const results$ = fetchFrom(inputs, { transport: () => of(page(a)), concurrency: 4 });
    expect(await lastValueFrom(results$.pipe(indexes, toArray()))).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(1);
  });

  it('completes when the iterable is empty', async () => {
    async function* nothing(): AsyncGenerator<string> {
      // gives nothing
    }
    expect(await lastValueFrom(fetchFrom(nothing()).pipe(toArray()))).toEqual([]);
  });

  it('errors when the iterable does, after what is in flight has settled', async () => {
    const board = new Switchboard();
    async function* broken(): AsyncGenerator<string> {
      yield a;
      throw new Error('connection to the database lost');
    }
    const log: unknown[] = [];
    fetchFrom(broken(), { transport: board.transport })
      .pipe(indexes)
      .subscribe({ next: (index) => log.push(index), error: (error: Error) => log.push(error.message) });
    await settled();
    expect(log).toEqual([]);
    board.answer(a);
    expect(log).toEqual([0, 'connection to the database lost']);
  });

  it('errors when there is no iterator to be had', async () => {
    const broken: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        throw new Error('no such table');
      },
    };
    await expect(lastValueFrom(fetchFrom(broken))).rejects.toThrow('no such table');
  });

  it('errors when the iterator gives what is no iterator result', async () => {
    const broken: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(a as unknown as IteratorResult<string>) }),
    };
    await expect(lastValueFrom(fetchFrom(broken))).rejects.toThrow('returned a string, not an object');
  });

  it('calls return() when it is unsubscribed, and takes nothing that comes after', async () => {
    const log: string[] = [];
    const board = new Switchboard();
    async function* inputs(): AsyncGenerator<string> {
      try {
        yield a;
        await settled();
        yield b;
        log.push('asked again');
      } finally {
        log.push('closed');
      }
    }
    const subscription = fetchFrom(inputs(), { transport: board.transport }).subscribe();
    await settled();
    subscription.unsubscribe();
    await settled();
    await settled();
    expect(log).toEqual(['closed']);
    expect(board.asked).toEqual([a]);
  });

  it('does not mind an iterator whose return() rejects or throws', async () => {
    for (const leave of [
      () => Promise.reject(new Error('already gone')),
      () => {
        throw new Error('already gone');
      },
    ]) {
      const inputs: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: a }),
          return: leave,
        }),
      };
      const first$ = fetchFrom(inputs, { transport: () => of(page(a)) }).pipe(take(1), indexes);
      expect(await firstValueFrom(first$)).toBe(0);
      await settled();
    }
  });

  it('does not mind an iterator that fails after it was left', async () => {
    let fail: (error: Error) => void = () => undefined;
    const inputs: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((_, reject) => (fail = reject)),
      }),
    };
    const errors: unknown[] = [];
    const subscription = fetchFrom(inputs).subscribe({ error: (error) => errors.push(error) });
    await settled();
    subscription.unsubscribe();
    fail(new Error('too late'));
    await settled();
    expect(errors).toEqual([]);
  });

  it('does nothing before it is subscribed', async () => {
    const log: string[] = [];
    const inputs: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        log.push('opened');
        return { next: () => Promise.resolve({ done: true, value: undefined }) };
      },
    };
    const results$ = fetchFrom(inputs);
    await settled();
    expect(log).toEqual([]);
    await lastValueFrom(results$, { defaultValue: undefined });
    expect(log).toEqual(['opened']);
  });
});

describe('fetchFrom of a ReadableStream', () => {
  const streamOf = (
    urls: string[],
    cancelled: (reason: unknown) => void = () => undefined,
  ): ReadableStream<string> =>
    new ReadableStream<string>(
      {
        pull(controller) {
          const url = urls.shift();
          if (url === undefined) controller.close();
          else controller.enqueue(url);
        },
        cancel: cancelled,
      },
      { highWaterMark: 0 },
    );

  /** A stream as browsers without async iteration have it. */
  const withoutAsyncIterator = <T>(stream: ReadableStream<T>): ReadableStream<T> =>
    ({ getReader: () => stream.getReader() }) as ReadableStream<T>;

  it.each([
    ['with async iteration', (stream: ReadableStream<string>) => stream],
    ['by its reader alone', withoutAsyncIterator<string>],
  ])('reads it to its end, %s', async (_, as) => {
    const stream = as(streamOf([a, b, c]));
    const urls$ = fetchFrom(stream, { transport: ({ url }) => of(page(String(url))) }).pipe(toBatch());
    expect((await lastValueFrom(urls$)).map(({ request }) => request.url)).toEqual([a, b, c]);
  });

  it.each([
    ['with async iteration', (stream: ReadableStream<string>) => stream],
    ['by its reader alone', withoutAsyncIterator<string>],
  ])('reads no further than slots are free, and cancels it when unsubscribed, %s', async (_, as) => {
    const urls = [a, b, c];
    let cancels = 0;
    const stream = as(streamOf(urls, () => cancels++));
    const subscription = fetchFrom(stream, { transport: () => NEVER, concurrency: 1 }).subscribe();
    await settled();
    expect(urls).toEqual([b, c]);
    subscription.unsubscribe();
    await settled();
    expect(cancels).toBe(1);
  });

  it('errors when the stream does', async () => {
    const stream = new ReadableStream<string>({
      start(controller) {
        controller.error(new Error('pipe broken'));
      },
    });
    await expect(lastValueFrom(fetchFrom(stream))).rejects.toThrow('pipe broken');
    await expect(lastValueFrom(fetchFrom(withoutAsyncIterator(stream)))).rejects.toThrow('pipe broken');
  });
});

describe('the inputs of fetchFrom', () => {
  it.each([
    ['a string', a, 'expected inputs to be an iterable of URLs, got a single one: put it in an array'],
    ['a URL', new URL(a), 'expected inputs to be an iterable of URLs, got a single one: put it in an array'],
    ['an Observable', of(a), 'got an Observable: pipe it through fetchEach()'],
    [
      'a number',
      5,
      'expected inputs to be an iterable, an async iterable or a ReadableStream, got `5` (number)',
    ],
    ['undefined', undefined, 'got undefined'],
    ['null', null, 'got null'],
    ['an object that is none of them', { url: a }, 'got an object (Object)'],
  ])('may not be %s', (_, inputs, sentence) => {
    expect(() => fetchFrom(inputs as never)).toThrow(TypeError);
    expect(() => fetchFrom(inputs as never)).toThrow(`fetchFrom: `);
    expect(() => fetchFrom(inputs as never)).toThrow(sentence);
  });
});
