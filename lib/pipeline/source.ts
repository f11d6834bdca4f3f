/** Where a pipeline's jobs come from, for one subscription. */
export interface Source<J> {
  /** Begins, after which `listener` may be called; in this very call too. */
  open(): void;
  /** The next job, if there is one now. */
  take(): J | undefined;
  /** Nothing is given any more; what was given may still wait to be taken. */
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

/** What reports a source that sheds what it cannot queue. */
export interface SheddingListener<J> extends SourceListener {
  /** Inputs that wait, in the source's queue or at the gate. */
  readonly waiting: number;
  /** Calls back when everything that may start has been started: at once, or later in this very call. */
  whenFilled(call: () => void): void;
  /** The one that has waited longest at the gate, or shortest, of those that have not been tried. */
  untried(which: 'oldest' | 'newest'): J | undefined;
  /** Gives up a job that waits. */
  shed(job: J): void;
}

/** Opens a source; `make` turns what it gives into jobs in the moment it is given. */
export type OpenSource<I, J> = (make: (input: I) => J, listener: SheddingListener<J>) => Source<J>;
