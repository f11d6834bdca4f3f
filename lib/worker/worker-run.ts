import { Subject, takeUntil, type Observable, type Subscriber } from 'rxjs';
import { Fifo } from '../gate/fifo.js';
import { Hold, under, type Load } from '../pipeline/hold.js';
import { received } from '../pipeline/option-rules.js';
import { runJob } from './run-job.js';
import type { Staff } from './staff.js';
import type { Transferables, WorkerPool } from './worker-pool.js';

/** One subscription of `mapInWorker`: what waits for a thread, and what is on one. */
export class WorkerRun<I, O> extends Hold {
  private readonly queue = new Fifo<I>();
  private readonly running = new Set<AbortController>();
  private readonly left = new Subject<void>();
  private opening = false;
  private pool: WorkerPool | undefined;
  private sourceDone = false;
  private closed = false;

  constructor(
    private readonly subscriber: Subscriber<O>,
    private readonly staff: Staff,
    private readonly transfer: ((input: I) => Transferables) | undefined,
  ) {
    super();
  }

  begin(source: Observable<I>): void {
    // takeUntil, not a subscription kept: it stops what emits on and on in one call
    source.pipe(under(this), takeUntil(this.left)).subscribe({
      next: (input) => {
        this.queue.push(input);
        this.pump();
      },
      error: (error: unknown) => {
        this.subscriber.error(error);
      },
      complete: () => {
        this.sourceDone = true;
        this.finish();
      },
    });
  }

  /** While every thread is busy the pipeline may fill its own places, so that no thread waits for a fetch. */
  hasRoom({ underWay, atGate, concurrency }: Load): boolean {
    return this.queue.size + this.running.size + underWay - atGate < concurrency + this.staff.concurrency;
  }

  override mayStart(load: Load): boolean {
    return this.hasRoom(load);
  }

  /** Ends every job, however the subscription ended. */
  close(): void {
    this.closed = true;
    this.left.next();
    this.queue.remove(() => true);
    if (!this.pool) return;
    this.staff.leave(this.pool);
    if (this.running.size === 0) return;
    for (const controller of this.running) controller.abort();
    this.staff.aborted(this.pool);
  }

  private open(): void {
    this.opening = true;
    this.staff.open(this.failed).then((pool) => {
      if (this.closed) {
        this.staff.leave(pool);
        return;
      }
      this.pool = pool;
      this.pump();
    }, this.failed);
  }

  private pump(): void {
    if (!this.opening) this.open();
    while (this.pool && this.queue.size > 0 && this.running.size < this.staff.concurrency) {
      this.start(this.pool, this.queue.shift() as I);
    }
  }

  private start(pool: WorkerPool, input: I): void {
    let transferList: Transferables;
    try {
      transferList = this.moved(input);
    } catch (error) {
      this.failed(error);
      return;
    }
    const controller = new AbortController();
    this.running.add(controller);
    const { file, name } = this.staff;
    runJob(pool, { file, name, input }, transferList, controller.signal).then(
      (output) => {
        if (this.closed) return;
        this.running.delete(controller);
        this.subscriber.next(output as O);
        this.pump();
        this.roomMade();
        this.finish();
      },
      (error: unknown) => {
        if (this.closed) return;
        this.running.delete(controller);
        this.staff.failed(pool);
        this.failed(error);
      },
    );
  }

  private moved(input: I): Transferables {
    const list: unknown = this.transfer?.(input) ?? [];
    if (Array.isArray(list)) return list as Transferables;
    throw new TypeError(`mapInWorker: expected \`transfer\` to return an array, got ${received(list)}`);
  }

  private finish(): void {
    if (this.sourceDone && this.queue.size === 0 && this.running.size === 0) this.subscriber.complete();
  }

  private readonly failed = (error: unknown): void => {
    this.subscriber.error(error);
  };
}
