import { end, inputOf, IteratedSource } from './iterated-source.js';
import type { SourceListener } from './source.js';

/** What `next` of an async iterator gives, whatever its type says. */
type Answer<I> = PromiseLike<IteratorResult<I, unknown>> | IteratorResult<I, unknown>;

/**
 * A source that is an async iterator, which is asked for one input at a time. One that has an input at hand may answer
 * with it instead of a promise, as `for await` lets it: then there is no turn to wait for.
 */
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
    return job || this.stopped || this.asking ? job : this.ask();
  }

  override clear(): J[] {
    super.clear();
    return this.arrived.splice(0);
  }

  private ask(): J | undefined {
    this.asking = true;
    let step: Answer<I>;
    try {
      step = this.next();
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the iterator threw
      step = Promise.reject(error);
    }
    if ((step as Partial<IteratorResult<I>> | undefined)?.done !== false) {
      void this.wait(step);
      return undefined;
    }
    this.asking = false;
    return this.cleared ? undefined : this.make((step as IteratorYieldResult<I>).value);
  }

  private async wait(asked: Answer<I>): Promise<void> {
    let input: I | typeof end;
    try {
      input = inputOf(await asked);
    } catch (error) {
      this.asking = false;
      this.fail(error);
      return;
    }
    if (!this.cleared) this.arrive(input);
  }

  private next(): Answer<I> {
    this.pulling = true;
    try {
      this.iterator ??= this.iterate();
      return this.isStopped() ? { done: true, value: undefined } : this.iterator.next();
    } finally {
      this.pulling = false;
      if (this.isStopped()) void this.close(); // by the iterator's own code
    }
  }

  private arrive(input: I | typeof end): void {
    if (input === end) this.stopped = true;
    else this.arrived.push(this.make(input)); // nobody takes it if who looked at it has cleared them
    this.asking = false;
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

  protected async close(): Promise<void> {
    try {
      await this.iterator?.return?.();
    } catch {
      // it was asked to go, and nobody waits for what it has to say
    }
  }
}
