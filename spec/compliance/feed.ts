import { Observable, type Subscriber } from 'rxjs';
import type { FetchInput, FetchRequest } from 'sluice';

/** How a feed ends: by itself, by failing, or not at all. */
export type Ending = 'completes' | 'throws' | 'stays open';

/** What its iterator's `return()` does. */
export type Farewell = 'returns' | 'throws' | 'is absent';

/** Who wants to know what a feed does. */
export interface FeedObserver {
  /** Its code runs: it may do whatever it likes. */
  at(point: 'iterate' | 'pull'): void;
  /** An input is handed over in this very moment. */
  handed(): void;
  /** Calls back after so many ms; returns how to prevent that. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * The inputs of a run, in whatever form a starting point takes them. Counts what is done with them: how often it
 * was opened, how often it was let go of before its end.
 */
export class Feed {
  opened = 0;
  /** `return()`, `cancel()` or an unsubscription before the end. */
  leftEarly = 0;
  /** It came to its end, or threw, and nobody need say goodbye. */
  ended = false;
  readonly error = new Error('the source broke');
  /** What was handed over. */
  readonly given: FetchInput[] = [];

  constructor(
    private readonly make: readonly (() => FetchInput)[],
    private readonly ending: Ending,
    private readonly farewell: Farewell,
    private readonly pace: number,
    private readonly observer: FeedObserver,
  ) {}

  get size(): number {
    return this.make.length;
  }

  /** Which input a request is of; the request of a string or URL is made anew and known by its number. */
  indexOf(request: FetchRequest): number {
    const place = this.given.indexOf(request);
    return place === -1 ? Number(String(request.url).split('/').at(-1)) : place;
  }

  /** By hand, so that every call of `return()` is seen. */
  iterable(): Iterable<FetchInput> {
    return {
      [Symbol.iterator]: () => {
        this.open();
        return this.withFarewell({ next: () => this.step() }, () => ({
          done: true as const,
          value: undefined,
        }));
      },
    };
  }

  *generator(): Generator<FetchInput> {
    this.open();
    try {
      for (let step = this.step(); step.done !== true; step = this.step()) yield step.value;
    } finally {
      if (!this.ended) this.leftEarly++;
    }
  }

  asyncIterable(): AsyncIterable<FetchInput> {
    return {
      [Symbol.asyncIterator]: () => {
        this.open();
        return this.withFarewell({ next: () => this.laterStep() }, () =>
          Promise.resolve({ done: true as const, value: undefined }),
        );
      },
    };
  }

  /** One that has each input at hand, and its end a turn later. */
  promptIterable(): AsyncIterable<FetchInput> {
    return {
      [Symbol.asyncIterator]: () => {
        this.open();
        const next = (): Promise<IteratorResult<FetchInput>> => this.step() as never; // no promise, whatever its type says
        return this.withFarewell({ next }, () => Promise.resolve({ done: true as const, value: undefined }));
      },
    };
  }

  async *asyncGenerator(): AsyncGenerator<FetchInput> {
    this.open();
    try {
      for (let step = await this.laterStep(); step.done !== true; step = await this.laterStep())
        yield step.value;
    } finally {
      if (!this.ended) this.leftEarly++;
    }
  }

  stream(): ReadableStream<FetchInput> {
    return new ReadableStream<FetchInput>(
      {
        pull: async (controller) => {
          if (this.opened === 0) this.open();
          const step = await this.laterStep();
          if (step.done === true) controller.close();
          else controller.enqueue(step.value);
        },
        cancel: () => {
          this.leftEarly++;
          if (this.farewell === 'throws') throw new Error('cancel() breaks');
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** As a stream is on platforms where it is no async iterable. */
  bareStream(): ReadableStream<FetchInput> {
    const stream = this.stream();
    return { getReader: () => stream.getReader() } as unknown as ReadableStream<FetchInput>;
  }

  observable(): Observable<FetchInput> {
    return new Observable((subscriber) => {
      this.open();
      let stop = (): void => undefined;
      subscriber.add(() => {
        stop();
        if (!this.ended) this.leftEarly++;
      });
      const push = (): void => {
        do {
          if (this.given.length === this.size && this.ending === 'stays open') return;
          this.observer.at('pull');
          this.giveTo(subscriber);
        } while (this.pace === 0 && !subscriber.closed);
        if (!subscriber.closed) stop = this.observer.after(this.pace, push);
      };
      push();
    });
  }

  private open(): void {
    this.opened++;
    this.observer.at('iterate');
  }

  private step(): IteratorResult<FetchInput, undefined> {
    this.observer.at('pull');
    return this.give();
  }

  private async laterStep(): Promise<IteratorResult<FetchInput, undefined>> {
    this.observer.at('pull');
    if (this.pace > 0) await new Promise<void>((resolve) => this.observer.after(this.pace, resolve));
    if (this.given.length === this.size && this.ending === 'stays open') await new Promise(() => undefined);
    return this.give();
  }

  private giveTo(subscriber: Subscriber<FetchInput>): void {
    if (subscriber.closed) return;
    try {
      const step = this.give();
      if (step.done === true) subscriber.complete();
      else subscriber.next(step.value);
    } catch (error) {
      subscriber.error(error);
    }
  }

  private give(): IteratorResult<FetchInput, undefined> {
    const make = this.make[this.given.length];
    if (make) {
      const value = make();
      this.given.push(value);
      this.observer.handed();
      return { done: false, value };
    }
    this.ended = true;
    if (this.ending === 'throws') throw this.error;
    return { done: true, value: undefined };
  }

  private withFarewell<N extends object, R>(iterator: N, farewell: () => R): N & { return?: () => R } {
    if (this.farewell === 'is absent') return iterator;
    return {
      ...iterator,
      return: () => {
        this.leftEarly++;
        if (this.farewell === 'throws') throw new Error('return() breaks');
        return farewell();
      },
    };
  }
}
