import { Circuit, type CircuitOptions } from './circuit.js';
import { Line, type Owned } from './line.js';
import { RetryBudget } from './retry-budget.js';
import { windowOf, type Rate, type SlidingWindow } from './sliding-window.js';
import { TimeQueue, type Ticket } from './time-queue.js';

/** What the gate must know of a job. */
export interface Waiting extends Owned {
  /** Jobs of one host share its limits. */
  readonly host: string;
  /** The job may not start before this time. */
  readonly notBefore: number;
  /** How often it was started before. */
  readonly starts: number;
  /** Its place among the delayed jobs of its host. The gate's to set. */
  delay: Ticket<unknown> | undefined;
  /** Its attempt tries whether a host that was down is up again. The gate's to set. */
  probe: boolean;
}

/** Limits of each host. */
export interface HostLimits {
  /** Most attempts under way at once. */
  readonly concurrency: number;
  /** Least time from one start to the next in ms. */
  readonly delay: number;
  readonly rate: Rate | undefined;
  readonly circuit: CircuitOptions | undefined;
  /** Retries allowed, as a share of the host's traffic. */
  readonly retryShare: number;
}

/** A host that was not asked for so many ms is given a new budget for retries. */
const budgetMemory = 600_000;

/**
 * What the gate knows of one host. Its spacing, rate, pause, circuit and budget outlive its queue: a host
 * that is empty for a moment has not forgotten when it was last asked.
 */
export class Host<J extends Waiting> {
  running = 0;
  /** Jobs in its line, withdrawn ones that have not left it included. */
  private waiting = 0;
  /** It stands in the gate's ring of hosts that may start a job. */
  inRing = false;
  /** Its place among the hosts that wait for a time. */
  timer: Ticket<Host<J>> | undefined = undefined;
  readonly budget: RetryBudget;
  readonly circuit: Circuit | undefined;
  private readonly ready = new Line<J>();
  private readonly delayed = new TimeQueue<J>();
  private readonly window: SlidingWindow | undefined;
  private notBefore = -Infinity;
  private lastStart = -Infinity;

  constructor(private readonly limits: HostLimits) {
    this.budget = new RetryBudget(limits.retryShare);
    this.circuit = limits.circuit && new Circuit(limits.circuit);
    this.window = windowOf(limits.rate);
  }

  /** When its next job may start; Infinity: not by time alone. */
  get startableAt(): number {
    if (this.waiting === 0 || this.running >= this.limits.concurrency) return Infinity;
    const job = this.ready.size > 0 ? -Infinity : this.delayed.next;
    return Math.max(job, this.notBefore, this.window?.next ?? -Infinity);
  }

  offer(job: J, now: number): void {
    this.waiting++;
    // a retry is older than what is in line, even one whose time has already come
    if (job.notBefore > now || job.starts > 0) job.delay = this.delayed.add(job, job.notBefore);
    else this.ready.push(job);
  }

  /** The next job: a retry whose time has come is older than anything in line, and goes first. */
  shift(now: number): J | undefined {
    const job = this.delayed.take(now) ?? this.ready.shift();
    if (job) this.waiting--;
    return job;
  }

  /** Whether a job that comes now may start now, with nobody in line before it. */
  isFree(now: number): boolean {
    return (
      this.waiting === 0 &&
      this.running < this.limits.concurrency &&
      this.notBefore <= now &&
      (!this.window || this.window.next <= now) &&
      this.circuit?.lets(now) !== false
    );
  }

  started(job: J, now: number): void {
    this.running++;
    this.lastStart = now;
    this.notBefore = now + this.limits.delay;
    this.window?.record(now);
    if (job.starts === 0) this.budget.deposit();
    job.probe = this.circuit?.started() ?? false;
  }

  /** Starts nothing before `until`. */
  pause(until: number): void {
    this.notBefore = Math.max(this.notBefore, until);
  }

  /** Takes a delayed job out. @returns whether it was there */
  withdraw(job: J): boolean {
    if (job.delay === undefined || !this.delayed.delete(job.delay as Ticket<J>)) return false;
    this.waiting--;
    return true;
  }

  /** Takes out the waiting jobs that `leaves` picks. */
  remove(leaves: (job: J) => boolean): J[] {
    const gone = [...this.delayed.remove(leaves), ...this.ready.remove(leaves)];
    this.waiting -= gone.length;
    return gone;
  }

  /** Nothing would be lost if it were made anew. */
  isClear(now: number): boolean {
    return (
      this.running === 0 &&
      this.waiting === 0 &&
      this.notBefore <= now &&
      (this.window?.isClear(now) ?? true) &&
      (this.circuit?.isClear(now) ?? true) &&
      (this.budget.isFull || this.lastStart + budgetMemory <= now)
    );
  }
}
