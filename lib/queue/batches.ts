import type { Pullable } from '../pipeline/pulled-source.js';

/**
 * Inputs in lists of so many, pulled as they are asked for.
 * @throws TypeError when `inputs` cannot be iterated over
 */
export async function* batchesOf<I>(caller: string, inputs: Pullable<I>, size: number): AsyncGenerator<I[]> {
  const given: unknown = inputs;
  if (typeof given === 'string' || given instanceof URL || !isIterable(given)) {
    throw new TypeError(
      `${caller}: expected inputs to be an iterable, an async iterable or a ReadableStream of URLs, got ${
        typeof given === 'string' ? 'a single one: put it in an array' : String(given)
      }`,
    );
  }
  let batch: I[] = [];
  // not for await over all: it would cost a turn of the promise queue for each item of an array
  if (Symbol.iterator in given) {
    for (const input of given as Iterable<I>) {
      batch.push(input);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  } else {
    for await (const input of given as AsyncIterable<I>) {
      batch.push(input);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function isIterable(given: unknown): given is object {
  return (
    Object(given) === given &&
    (Symbol.iterator in (given as object) || Symbol.asyncIterator in (given as object))
  );
}
