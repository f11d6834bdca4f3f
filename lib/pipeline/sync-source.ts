import { end, inputOf, IteratedSource } from './iterated-source.js';
import type { SourceListener } from './source.js';

/** A source that is an iterator, which answers at once. */
export class SyncSource<I, J> extends IteratedSource<J> {
  private taken = 0;
  private iterator: Iterator<I> | undefined;

  constructor(
    private readonly iterate: () => Iterator<I>,
    private readonly make: (input: I) => J,
    listener: SourceListener,
    /** What is iterated over, if it is an array: its end is seen without a slot to ask for more. */
    private readonly list: ArrayLike<I> | undefined,
  ) {
    super(listener);
  }

  override get done(): boolean {
    return super.done || this.taken === this.list?.length;
  }

  take(): J | undefined {
    if (this.stopped) return undefined;
    this.asking = true;
    const job = this.ask();
    this.asking = false;
    return job;
  }

  private ask(): J | undefined {
    this.pulling = true;
    let input: I | typeof end;
    try {
      this.iterator ??= this.iterate();
      input = inputOf(this.iterator.next());
    } catch (error) {
      this.stopped = true;
      this.listener.failed(error);
      return undefined;
    } finally {
      this.pulling = false;
    }
    if (input === end) {
      this.stopped = true;
      return undefined;
    }
    this.taken++;
    if (this.isStopped()) this.close(); // by the iterator's own code
    return this.cleared ? undefined : this.make(input);
  }

  protected close(): void {
    try {
      this.iterator?.return?.();
    } catch {
      // it was asked to go, and nobody waits for what it has to say
    }
  }
}
