import { end, inputOf } from './iterator-step.js';
import type { Source, SourceListener } from './source.js';

/** A source that is an iterator: asked for an input when there is a slot for it. */
export class SyncSource<I, J> implements Source<J> {
  private stopped = false;
  private cleared = false;
  private pulling = false;
  private taken = 0;
  private iterator: Iterator<I> | undefined;

  constructor(
    private readonly iterate: () => Iterator<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
    /** What is iterated over, if it is an array: its end is seen without a slot to ask for more. */
    private readonly list: ArrayLike<I> | undefined,
  ) {}

  /** What is being asked for when it is stopped, by the iterator's own code, still counts. */
  get done(): boolean {
    if (this.stopped) return this.cleared || !this.pulling;
    return this.list !== undefined && this.taken >= this.list.length;
  }

  open(): void {
    this.listener.ready();
  }

  take(): J | undefined {
    if (this.stopped) return undefined;
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
    if (this.isStopped()) this.close();
    return this.cleared ? undefined : this.make(input);
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    if (!this.pulling) this.close();
  }

  clear(): J[] {
    this.cleared = true;
    this.stop();
    return [];
  }

  /** `stopped` as it is after the iterator's code ran, which may have called `stop`. */
  private isStopped(): boolean {
    return this.stopped;
  }

  private close(): void {
    try {
      this.iterator?.return?.();
    } catch {
      // it was asked to go, and nobody waits for what it has to say
    }
  }
}
