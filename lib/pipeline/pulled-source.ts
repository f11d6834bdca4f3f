import { AsyncSource } from './async-source.js';
import { received } from './option-rules.js';
import type { OpenSource } from './source.js';
import { SyncSource } from './sync-source.js';

/** What can be pulled from: an array, a generator, any iterable, an async iterable or a ReadableStream. */
export type Pullable<I> = Iterable<I> | AsyncIterable<I> | ReadableStream<I>;

/**
 * A source that is pulled item by item.
 * @throws TypeError when `inputs` cannot be iterated over
 */
export function pulledSource<I, J>(caller: string, inputs: Pullable<I>): OpenSource<I, J> {
  const given: unknown = inputs;
  if (typeof given === 'string' || given instanceof URL) {
    throw new TypeError(
      `${caller}: expected inputs to be an iterable of URLs, got a single one: put it in an array`,
    );
  }
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) {
      const iterable = given as AsyncIterable<I>;
      return (make, listener) => new AsyncSource(() => iterable[Symbol.asyncIterator](), make, listener);
    }
    if (Symbol.iterator in given) {
      const iterable = given as Iterable<I>;
      // one with an iterator of its own may have more, or fewer
      const isArray = iterable[Symbol.iterator] === [][Symbol.iterator];
      const list = isArray ? (given as readonly I[]) : undefined;
      return (make, listener) => new SyncSource(() => iterable[Symbol.iterator](), make, listener, list);
    }
    if ('getReader' in given) {
      const stream = given as ReadableStream<I>;
      return (make, listener) => new AsyncSource(() => readerOf(stream), make, listener);
    }
  }
  const hint = typeof given === 'object' && given !== null && 'subscribe' in given;
  throw new TypeError(
    `${caller}: expected inputs to be an iterable, an async iterable or a ReadableStream, got ${
      hint ? 'an Observable: pipe it through fetchEach()' : received(given)
    }`,
  );
}

/** A ReadableStream as an async iterator, where the platform has none for it. */
function readerOf<I>(stream: ReadableStream<I>): AsyncIterator<I> {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
