import { Subject, takeUntil, type Observable } from 'rxjs';
import { Fifo } from '../gate/fifo.js';
import type { QueueBound } from './options.js';
import type { OpenSource, SheddingListener, Source } from './source.js';

/** A source that pushes: it cannot be slowed, so what it gives is queued. */
export function pushedSource<I, J>(inputs: Observable<I>, bound: QueueBound = {}): OpenSource<I, J> {
  return (make, listener) => new PushedSource(inputs, bound, make, listener);
}

class PushedSource<I, J> implements Source<J> {
  private readonly queue = new Fifo<J>();
  /** The input that is taken in now, and those that were pushed meanwhile by who looks at it. */
  private given: I[] = [];
  private readonly stopped = new Subject<void>();
  private ended = false;
  private deaf = false;

  constructor(
    private readonly inputs: Observable<I>,
    private readonly bound: QueueBound,
    private readonly make: (input: I) => J,
    private readonly listener: SheddingListener<J>,
  ) {}

  get done(): boolean {
    return this.ended && (this.deaf || this.given.length === 0);
  }

  open(): void {
    if (this.ended) return;
    // takeUntil, not a subscription kept: it stops a source that pushes all it has in this very call
    this.inputs.pipe(takeUntil(this.stopped)).subscribe({
      next: (input) => {
        if (this.given.push(input) === 1) this.takeIn();
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

  /** A loop, as the elder must be in the queue before the younger, and both before the source is done. */
  private takeIn(): void {
    for (const input of this.given) {
      if (this.deaf) break; // cleared by somebody who looked at the one before; nobody takes that any more
      this.queue.push(this.make(input));
    }
    this.given = [];
    this.listener.ready();
    if (this.bound.maxQueued !== undefined) this.listener.whenFilled(this.shed);
  }

  /** What does not fit and could not be started leaves the queue. */
  private readonly shed = (): void => {
    const { maxQueued = Infinity, overflow = 'drop-newest' } = this.bound;
    while (this.listener.waiting > maxQueued) {
      // what waits at the gate came before what waits here
      const job =
        overflow === 'drop-newest'
          ? (this.queue.pop() ?? this.listener.untried('newest'))
          : (this.listener.untried('oldest') ?? this.queue.shift());
      if (!job) return; // retries wait: they are not given up
      this.listener.shed(job);
    }
  };

  take(): J | undefined {
    return this.queue.shift();
  }

  stop(): void {
    this.ended = true;
    this.stopped.next();
  }

  clear(): J[] {
    this.deaf = true;
    const left = this.queue.remove(() => true);
    this.stop();
    return left;
  }
}
