import { Subject, takeUntil, type Observable } from 'rxjs';
import { Fifo } from '../gate/fifo.js';
import type { QueueBound } from './options.js';
import type { OpenSource, SheddingListener, Source } from './source.js';

/** A source that pushes: it cannot be slowed, so what it gives is queued. */
export function pushedSource<I, J>(inputs: Observable<I>, bound: QueueBound = {}): OpenSource<I, J> {
  return (make, listener) => new PushedSource(inputs, bound, make, listener);
}

class PushedSource<I, J> implements Source<J> {
  done = false;
  private readonly queue = new Fifo<J>();
  private readonly stopped = new Subject<void>();
  private deaf = false;

  constructor(
    private readonly inputs: Observable<I>,
    private readonly bound: QueueBound,
    private readonly make: (input: I) => J,
    private readonly listener: SheddingListener<J>,
  ) {}

  open(): void {
    if (this.done) return;
    // takeUntil, not a subscription kept: it stops a source that pushes all it has in this very call
    this.inputs.pipe(takeUntil(this.stopped)).subscribe({
      next: (input) => {
        const job = this.make(input);
        if (!this.deaf) this.queue.push(job); // else cleared by somebody who looked at the job
        this.listener.ready();
        if (this.bound.maxQueued !== undefined) this.listener.whenFilled(this.shed);
      },
      error: (error: unknown) => {
        this.done = true;
        this.listener.failed(error);
      },
      complete: () => {
        this.done = true;
        this.listener.ready();
      },
    });
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
    this.done = true;
    this.stopped.next();
  }

  clear(): J[] {
    this.deaf = true;
    const left = this.queue.remove(() => true);
    this.stop();
    return left;
  }
}
