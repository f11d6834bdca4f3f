import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { TimeQueue, type Ticket } from '../gate/time-queue.js';
import { longestTimer } from '../pipeline/alarm.js';

type Work<T> = (this: SchedulerAction<T>, state: T) => void;

/**
 * `asyncScheduler` with one timer for all that waits: for who begins many waits and hardly ever sees one end, as a run
 * does with the time-out of each attempt. Measured, a timer of Node's for each costs a run of small pages 2 % of its time.
 */
export class SharedTimer implements SchedulerLike {
  private readonly waits = new TimeQueue<Wait>();
  private timer: NodeJS.Timeout | undefined;
  /** When it rings; Infinity: there is none. On a clock that nobody sets. */
  private due = Infinity;

  now(): number {
    return Date.now();
  }

  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new Wait(work as Work<unknown>, this).schedule(state, delay);
  }

  enter(wait: Wait, delay: number): Ticket<Wait> {
    const due = performance.now() + Math.max(1, delay);
    const ticket = this.waits.add(wait, due);
    if (due < this.due) this.set();
    else if (this.waits.size === 1) this.timer?.ref();
    return ticket;
  }

  leave(ticket: Ticket<Wait>): void {
    this.waits.delete(ticket);
    if (this.waits.size === 0) this.timer?.unref(); // it may ring, for nobody; but the process need not wait for it
  }

  private set(): void {
    clearTimeout(this.timer);
    this.due = this.waits.next;
    if (this.due === Infinity) return;
    const delay = Math.min(Math.ceil(this.due - performance.now()), longestTimer);
    this.timer = setTimeout(() => this.ring(), delay);
  }

  private ring(): void {
    const now = performance.now();
    try {
      for (let wait = this.waits.take(now); wait; wait = this.waits.take(now)) wait.end();
    } finally {
      this.set(); // also where one of them threw: the others are due all the same
    }
  }
}

/** Work that waits for its time, and may ask for another one when it has come. */
class Wait extends Subscription implements SchedulerAction<unknown> {
  private ticket: Ticket<Wait> | undefined;
  private state: unknown;

  constructor(
    private readonly work: Work<unknown>,
    private readonly timer: SharedTimer,
  ) {
    super();
  }

  schedule(state?: unknown, delay = 0): this {
    if (this.closed) return this;
    this.state = state;
    this.leave();
    this.ticket = this.timer.enter(this, delay);
    return this;
  }

  end(): void {
    this.ticket = undefined;
    this.work(this.state);
  }

  override unsubscribe(): void {
    this.leave();
    super.unsubscribe();
  }

  private leave(): void {
    if (this.ticket) this.timer.leave(this.ticket);
    this.ticket = undefined;
  }
}
