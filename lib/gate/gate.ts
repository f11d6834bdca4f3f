import { Fifo } from './fifo.js';
import { TimeQueue } from './time-queue.js';

/** What the gate must know of a job. */
export interface Waiting {
  /** The job may not start before this time. */
  readonly notBefore: number;
}

/**
 * Answers one question: which job may start now, or when should I ask again?
 *
 * Plain state; time is an argument. Whoever drives it asks `take(now)` until it says undefined, asks again
 * at `wakeAt()` and after each `release()`.
 */
export class Gate<J extends Waiting> {
  private readonly ready = new Fifo<J>();
  private readonly delayed = new TimeQueue<J>();
  /** Jobs in line that were withdrawn; they leave it when their turn comes. */
  private readonly withdrawn = new Set<J>();
  private running = 0;

  /** @param slots how many jobs may run at once; may be changed at any time */
  constructor(public slots: number) {}

  /** Jobs that hold a slot. */
  get inFlight(): number {
    return this.running;
  }

  /** Jobs that wait for one. */
  get waiting(): number {
    return this.ready.size + this.delayed.size - this.withdrawn.size;
  }

  get hasSlot(): boolean {
    return this.running < this.slots;
  }

  /** Puts a job in line; one that must wait joins the line when its time has come. */
  offer(job: J, now: number): void {
    if (job.notBefore > now) this.delayed.add(job, job.notBefore);
    else this.ready.push(job);
  }

  /** The job that may start now; it holds a slot until `release`. Undefined when there is none, or no slot. */
  take(now: number): J | undefined {
    if (!this.hasSlot) return undefined;
    // a retry whose time has come is older than anything in line: it goes first
    const job = this.delayed.take(now) ?? this.nextInLine();
    if (job) this.running++;
    return job;
  }

  /** Gives a slot back. Once for each job taken. */
  release(): void {
    this.running--;
  }

  /** When `take` may say more than it said now, if no slot comes free before; Infinity: not by time alone. */
  wakeAt(): number {
    return this.hasSlot ? this.delayed.next : Infinity;
  }

  /** A waiting job no longer wants to start, nor ever will. */
  withdraw(job: J): void {
    if (!this.delayed.delete(job)) this.withdrawn.add(job);
  }

  /** Takes out the waiting jobs that `leaves` picks. */
  remove(leaves: (job: J) => boolean): J[] {
    const line = this.ready.remove((job) => leaves(job) || this.withdrawn.has(job));
    const jobs = [...this.delayed.remove(leaves), ...line.filter((job) => !this.withdrawn.has(job))];
    this.withdrawn.clear();
    return jobs;
  }

  private nextInLine(): J | undefined {
    let job = this.ready.shift();
    while (job && this.withdrawn.delete(job)) job = this.ready.shift();
    return job;
  }
}
