import { received } from './option-rules.js';
import type { OpenSource, Source, SourceListener } from './source.js';

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
      return (make, listener) => new SyncSource(() => iterable[Symbol.iterator](), make, listener);
    }
    if ('getReader' in given) {
      const stream = given as ReadableStream<I>;
      return (make, listener) => new AsyncSource(() => readerOf(stream), make, listener);
    }
  }
  const hint = typeof given === 'object' && given !== null && 'subscribe' in given;
  throw new TypeError(
    `${caller}: expected inputs to be an iterable, an async iterable or a ReadableStream, got ${
      hint ? 'an Observable: pipe it through fetchEach() instead' : received(given)
    }`,
  );
}

/** Instead of an input when there is none any more. */
const end = Symbol('end');

class SyncSource<I, J> implements Source<J> {
  done = false;
  private pulling = false;
  private iterator: Iterator<I> | undefined;

  constructor(
    private readonly iterate: () => Iterator<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
  ) {}

  open(): void {
    this.listener.ready();
  }

  take(): J | undefined {
    if (this.done) return undefined;
    this.pulling = true;
    let input: I | typeof end;
    try {
      this.iterator ??= this.iterate();
      input = read(this.iterator.next());
    } catch (error) {
      this.done = true;
      this.listener.failed(error);
      return undefined;
    } finally {
      this.pulling = false;
    }
    if (input !== end && !this.isStopped()) return this.make(input);
    if (input !== end) this.close(); // stopped by the iterator's own code
    this.done = true;
    return undefined;
  }

  stop(): void {
    if (this.done) return;
    this.done = true;
    if (!this.pulling) this.close();
  }

  clear(): J[] {
    this.stop();
    return [];
  }

  /** `done` as it is after the iterator's code ran, which may have called `stop`. */
  private isStopped(): boolean {
    return this.done;
  }

  private close(): void {
    try {
      this.iterator?.return?.();
    } catch {
      // it was asked to go, and nobody waits for what it has to say
    }
  }
}

class AsyncSource<I, J> implements Source<J> {
  done = false;
  private readonly arrived: J[] = [];
  private asking = false;
  private pulling = false;
  private deaf = false;
  private iterator: AsyncIterator<I> | undefined;

  constructor(
    private readonly iterate: () => AsyncIterator<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
  ) {}

  open(): void {
    this.listener.ready();
  }

  take(): J | undefined {
    const job = this.arrived.shift();
    if (!job && !this.done && !this.asking) this.ask();
    return job;
  }

  stop(): void {
    if (this.done) return;
    this.done = true; // what has been asked for may still arrive
    if (!this.pulling) this.close();
  }

  clear(): J[] {
    this.stop();
    this.deaf = true;
    return this.arrived.splice(0);
  }

  private ask(): void {
    this.asking = true;
    settle(() => this.next()).then(
      (step) => {
        this.asking = false;
        if (!this.deaf) this.arrive(step);
      },
      (error: unknown) => {
        this.asking = false;
        this.fail(error);
      },
    );
  }

  private next(): Promise<IteratorResult<I, unknown>> | typeof end {
    this.pulling = true;
    try {
      this.iterator ??= this.iterate();
      return this.isStopped() ? end : this.iterator.next();
    } finally {
      this.pulling = false;
      if (this.isStopped()) this.close(); // by the iterator's own code
    }
  }

  private arrive(step: IteratorResult<I, unknown> | typeof end): void {
    let input: I | typeof end;
    try {
      input = step === end ? end : read(step);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (input === end) this.done = true;
    else {
      const job = this.make(input);
      if (!this.deaf) this.arrived.push(job); // else cleared by somebody who looked at the job
    }
    this.listener.ready();
  }

  private fail(error: unknown): void {
    if (this.done) return;
    this.done = true;
    this.listener.failed(error);
  }

  /** `done` as it is after the iterator's code ran, which may have called `stop`. */
  private isStopped(): boolean {
    return this.done;
  }

  private close(): void {
    // an iterator that fails to close has nobody to tell
    void settle(() => this.iterator?.return?.()).catch(() => undefined);
  }
}

/** What an iterator has given, read as `for of` reads it: what throws here is the source's own error. */
function read<I>(step: IteratorResult<I, unknown>): I | typeof end {
  if (Object(step) !== step) throw new TypeError(`The iterator returned a ${typeof step}, not an object`);
  return step.done === true ? end : step.value;
}

async function settle<R>(call: () => R): Promise<Awaited<R>> {
  return await call();
}

/** A ReadableStream as an async iterator, where the platform has none for it. */
function readerOf<I>(stream: ReadableStream<I>): AsyncIterator<I> {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done: false, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
