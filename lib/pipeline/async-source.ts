import { end, inputOf, IteratedSource } from './iterated-source.js';
import type { SourceListener } from './source.js';

/** A source that is an async iterator, which is asked for one input at a time. */
export class AsyncSource<I, J> extends IteratedSource<J> {
  private readonly arrived: J[] = [];
  private iterator: AsyncIterator<I> | undefined;

  constructor(
    private readonly iterate: () => AsyncIterator<I>,
    private readonly make: (input: I) => J,
    listener: SourceListener,
  ) {
    super(listener);
  }

  take(): J | undefined {
    const job = this.arrived.shift();
    if (!job && !this.stopped && !this.asking) this.ask();
    return job;
  }

  override clear(): J[] {
    super.clear();
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

  protected close(): void {
    // an iterator that fails to close has nobody to tell
    void settle(() => this.iterator?.return?.()).catch(() => undefined);
  }
}

async function settle<R>(call: () => R): Promise<Awaited<R>> {
  return await call();
}
