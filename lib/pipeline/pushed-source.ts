import { Subject, takeUntil, type Observable } from 'rxjs';
import { Fifo } from '../gate/fifo.js';
import type { OpenSource, Source, SourceListener } from './source.js';

/** A source that pushes: it cannot be slowed, so what it gives is queued. */
export function pushedSource<I, J>(inputs: Observable<I>): OpenSource<I, J> {
  return (make, listener) => new PushedSource(inputs, make, listener);
}

class PushedSource<I, J> implements Source<J> {
  done = false;
  private readonly queue = new Fifo<J>();
  private readonly stopped = new Subject<void>();

  constructor(
    private readonly inputs: Observable<I>,
    private readonly make: (input: I) => J,
    private readonly listener: SourceListener,
  ) {}

  open(): void {
    // takeUntil, not a subscription kept: it stops a source that pushes all it has in this very call
    this.inputs.pipe(takeUntil(this.stopped)).subscribe({
      next: (input) => {
        this.queue.push(this.make(input));
        this.listener.ready();
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

  take(): J | undefined {
    return this.queue.shift();
  }

  stop(): void {
    this.stopped.next();
  }

  clear(): J[] {
    this.done = true;
    this.stop();
    return this.queue.remove(() => true);
  }
}
