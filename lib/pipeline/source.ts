import { Subject, takeUntil, type Observable } from 'rxjs';
import { Fifo } from '../gate/fifo.js';

/** Where a pipeline's jobs come from, for one subscription. */
export interface Source<J> {
  /** Begins, after which `listener` may be called; in this very call too. */
  open(): void;
  /** The next job, if there is one now. */
  take(): J | undefined;
  /** Nothing will come any more. */
  readonly done: boolean;
  /** Asks for nothing more; what was given before can still be taken. */
  stop(): void;
  /** Stops, deaf to what may still arrive, and hands out what was given but not taken. */
  clear(): J[];
}

/** What a source reports. */
export interface SourceListener {
  /** There may be more to take, or the source is done. */
  ready(): void;
  /** The source itself failed; it is done. */
  failed(error: unknown): void;
}

/** Opens a source; `make` turns what it gives into jobs in the moment it is given. */
export type OpenSource<I, J> = (make: (input: I) => J, listener: SourceListener) => Source<J>;

/** What can be pulled from. */
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
      hint ? 'an Observable: pipe it through fetchEach() instead' : `${String(given)} (${typeof given})`
    }`,
  );
}

/** A source that pushes: it cannot be slowed, so what it gives is queued. */
export function pushedSource<I, J>(inputs: Observable<I>): OpenSource<I, J> {
  return (make, listener) => new PushedSource(inputs, make, listener);
}

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
    let step: IteratorResult<I, unknown>;
    try {
      this.iterator ??= this.iterate();
      step = this.iterator.next();
    } catch (error) {
      this.done = true;
      this.listener.failed(error);
      return undefined;
    } finally {
      this.pulling = false;
    }
    if (this.isStopped()) {
      this.close(); // stopped by the iterator's own code
      return undefined;
    }
    if (step.done === true) {
      this.done = true;
      return undefined;
    }
    return this.make(step.value);
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
  private readonly arrived: J[] = [];
  private ended = false;
  private asking = false;
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

  get done(): boolean {
    return this.ended && this.arrived.length === 0;
  }

  take(): J | undefined {
    const job = this.arrived.shift();
    if (!job && !this.ended && !this.asking) this.ask();
    return job;
  }

  stop(): void {
    if (this.ended) return;
    this.ended = true;
    // what has been asked for may still arrive; an iterator that fails to close has nobody to tell
    void settle(() => this.iterator?.return?.()).catch(() => undefined);
  }

  clear(): J[] {
    this.stop();
    this.deaf = true;
    return this.arrived.splice(0);
  }

  private ask(): void {
    this.asking = true;
    settle(() => (this.iterator ??= this.iterate()).next()).then(
      (step) => {
        this.asking = false;
        if (this.deaf) return;
        if (step.done === true) this.ended = true;
        else this.arrived.push(this.make(step.value));
        this.listener.ready();
      },
      (error: unknown) => {
        this.asking = false;
        if (this.ended) return;
        this.ended = true;
        this.listener.failed(error);
      },
    );
  }
}

class PushedSource<I, J> implements Source<J> {
  private readonly queue = new Fifo<J>();
  private readonly stopped = new Subject<void>();
  private ended = false;

  constructor(
    private readonly inputs: Observable<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
  ) {}

  open(): void {
    // takeUntil, not a subscription kept: it stops a source that pushes all it has in this very call
    this.inputs.pipe(takeUntil(this.stopped)).subscribe({
      next: (input) => {
        this.queue.push(this.make(input));
        this.listener.ready();
      },
      error: (error: unknown) => {
        this.ended = true;
        this.listener.failed(error);
      },
      complete: () => {
        this.ended = true;
        this.listener.ready();
      },
    });
  }

  get done(): boolean {
    return this.ended && this.queue.size === 0;
  }

  take(): J | undefined {
    return this.queue.shift();
  }

  stop(): void {
    this.stopped.next();
  }

  clear(): J[] {
    this.ended = true;
    this.stop();
    return this.queue.remove(() => true);
  }
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
