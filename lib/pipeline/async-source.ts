import { end, inputOf } from './iterator-step.js';
import type { Source, SourceListener } from './source.js';

/** A source that is an async iterator: asked for one input at a time, when there is a slot for it. */
export class AsyncSource<I, J> implements Source<J> {
  private readonly arrived: J[] = [];
  private stopped = false;
  private cleared = false;
  /** `next()` was called and has not answered. */
  private asking = false;
  private pulling = false;
  private iterator: AsyncIterator<I> | undefined;

  constructor(
    private readonly iterate: () => AsyncIterator<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
  ) {}

  /** What was asked for before it was stopped is waited for: it may be a job that was leased by the asking. */
  get done(): boolean {
    return this.stopped && (this.cleared || !this.asking);
  }

  open(): void {
    this.listener.ready();
  }

  take(): J | undefined {
    const job = this.arrived.shift();
    if (!job && !this.stopped && !this.asking) this.ask();
    return job;
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    if (!this.pulling) this.close();
  }

  clear(): J[] {
    this.cleared = true;
    this.stop();
    return this.arrived.splice(0);
  }

  private ask(): void {
    this.asking = true;
    settle(() => this.next()).then(
      (step) => {
        this.asking = false;
        if (!this.cleared) this.arrive(step);
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
      input = step === end ? end : inputOf(step);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (input === end) this.stopped = true;
    else {
      const job = this.make(input);
      if (!this.cleared) this.arrived.push(job); // else cleared by somebody who looked at the job
    }
    this.listener.ready();
  }

  /** One that was told to return may well answer with an error: that is no failure of the source. */
  private fail(error: unknown): void {
    if (this.stopped) {
      this.listener.ready();
      return;
    }
    this.stopped = true;
    this.listener.failed(error);
  }

  /** `stopped` as it is after the iterator's code ran, which may have called `stop`. */
  private isStopped(): boolean {
    return this.stopped;
  }

  private close(): void {
    // an iterator that fails to close has nobody to tell
    void settle(() => this.iterator?.return?.()).catch(() => undefined);
  }
}

async function settle<R>(call: () => R): Promise<Awaited<R>> {
  return await call();
}
