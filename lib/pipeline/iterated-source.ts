import type { Source, SourceListener } from './source.js';

/** A source that is an iterator of some sort, asked for an input when there is a slot for it. */
export abstract class IteratedSource<J> implements Source<J> {
  /** It is asked for nothing more. */
  protected stopped = false;
  /** Nor is anything taken that was asked for before. */
  protected cleared = false;
  /** An input was asked for and has not come, or is being read. */
  protected asking = false;
  /** Code of the iterator's is running. */
  protected pulling = false;

  constructor(protected readonly listener: SourceListener) {}

  /** What was asked for before it was stopped is waited for: the asking may have leased it from a queue. */
  get done(): boolean {
    return this.stopped && (this.cleared || !this.asking);
  }

  open(): void {
    this.listener.ready();
  }

  abstract take(): J | undefined;

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    if (!this.pulling) void this.close();
  }

  clear(): J[] {
    this.cleared = true;
    this.stop();
    return [];
  }

  /** Tells the iterator to return. */
  protected abstract close(): void | Promise<void>;

  /** `stopped` as it is after the iterator's code ran, which may have called `stop`. */
  protected isStopped(): boolean {
    return this.stopped;
  }
}

/** Instead of an input when there is none any more. */
export const end = Symbol('end');

/** What an iterator has given, read as `for of` reads it: what throws here is the source's own error. */
export function inputOf<I>(step: IteratorResult<I, unknown>): I | typeof end {
  if (Object(step) !== step) throw new TypeError(`The iterator returned a ${typeof step}, not an object`);
  return step.done === true ? end : step.value;
}
