import { isObservable, Subject, type Observable, type Subscription } from 'rxjs';
import type { Sample } from '../gate/aimd.js';
import { Gate } from '../gate/gate.js';
import { TimeQueue, type Ticket } from '../gate/time-queue.js';
import type { AdmissionOptions, Applicant, Candidate } from './applicant.js';
import { isAdaptive, type FedSample } from './adaptive-concurrency.js';
import { outOfScope } from './hold.js';
import type { Cancellation } from './records.js';

/** Timers take no more: `setTimeout(f, 2 ** 31)` fires after 1 ms. */
export const longestTimer = 2 ** 31 - 1;

/** Slots before an Observable of the concurrency has spoken. */
const initialConcurrency = 16;

/**
 * Drives a gate: pulls inputs when a slot is free and nothing that waits may start, starts what may, with one
 * timer for all that waits. Several pipelines can share one; they take turns.
 */
export class Admission<J extends Candidate> {
  private readonly gate: Gate<J>;
  /** Jobs that have not started, by deadline. */
  private readonly deadlines = new TimeQueue<J>();
  private readonly applicants: Applicant<J>[] = [];
  private turn = 0;
  private pumping = false;
  private again = false;
  private timer: Subscription | undefined;
  private timerDue = Infinity;
  private reached = -Infinity;
  /** When the gate was last asked who may start. */
  private asked = -Infinity;
  private limits: Subscription | undefined;
  /** How attempts went, for a concurrency that learns from it, as long as there is this admission. */
  private readonly samples: Subject<FedSample> | undefined;
  /** To be called when everything that may start has been started. */
  private readonly afterwards: (() => void)[] = [];

  constructor(private readonly options: AdmissionOptions) {
    const { concurrency, rate, perHost } = options;
    const slots = isObservable(concurrency) ? initialConcurrency : concurrency;
    this.gate = new Gate({ slots, rate, perHost });
    if (!isAdaptive(concurrency)) return;
    this.samples = new Subject();
    this.follow(concurrency.fedBy(this.samples)); // for good: it has no end and holds nothing but its height
  }

  /** Most slots there can ever be, as mergeMap takes it. */
  get slots(): number {
    return isObservable(this.options.concurrency) ? Infinity : this.options.concurrency;
  }

  /** Most slots there are now. */
  get concurrency(): number {
    return this.gate.slots;
  }

  join(applicant: Applicant<J>): void {
    this.applicants.push(applicant);
    if (this.applicants.length === 1) this.followConcurrency();
  }

  /** Forgets an applicant; its jobs that wait are handed back, those in flight stay its own to release. */
  leave(applicant: Applicant<J>): J[] {
    const place = this.applicants.indexOf(applicant);
    if (place === -1) return [];
    this.applicants.splice(place, 1);
    if (place <= this.turn) this.turn--; // else the one after it would miss its turn
    if (this.applicants.length === 0) {
      this.limits?.unsubscribe();
      this.limits = undefined;
    }
    const left = this.withdraw(applicant);
    if (!this.pumping) this.setTimer();
    return left;
  }

  /** Ends everything that is under way, of everybody. The slots of one are not filled with what another has left. */
  abort(by: Cancellation): void {
    const { pumping } = this;
    this.pumping = true;
    for (const applicant of [...this.applicants]) applicant.abort(by);
    this.pumping = pumping;
    this.pump();
  }

  /** Takes back an applicant's jobs that wait. */
  withdraw(applicant: Applicant<J>): J[] {
    if (this.gate.waiting === 0) return [];
    const jobs = this.gate.remove((job) => job.owner === applicant);
    for (const job of jobs) this.forget(job);
    return jobs;
  }

  /** An applicant's jobs that wait. */
  waitingOf(applicant: Applicant<J>): J[] {
    const jobs: J[] = [];
    this.gate.remove((job) => {
      if (job.owner === applicant) jobs.push(job);
      return false;
    });
    return jobs;
  }

  /** Takes back a job that waits. */
  withdrawOne(job: J): void {
    this.gate.withdraw(job);
  }

  /** Watches the deadline of a job that waits, here or elsewhere, until it starts or is forgotten. */
  watch(job: J): void {
    if (job.deadline !== Infinity) job.watched = this.deadlines.add(job, job.deadline);
  }

  /** Watches no more over a job that was withdrawn. */
  forget(job: J): void {
    job.atGate = false;
    if (job.watched) this.deadlines.delete(job.watched as Ticket<J>);
  }

  /** Puts a job in line. It starts at a `pump`. */
  offer(job: J, now: number): void {
    job.atGate = true;
    this.gate.offer(job, now);
  }

  /**
   * Gives a job's slot back. A free slot is filled at a `pump`.
   *
   * @param failed whether its host is to blame; undefined: who knows
   */
  release(job: J, failed?: boolean): void {
    this.gate.release(job, failed, this.now);
  }

  /** An attempt has ended: what a concurrency that learns learns from. */
  learn(startedAt: number, outcome: Sample['outcome']): void {
    this.samples?.next({ startedAt, endedAt: this.now, outcome, inFlight: this.gate.inFlight });
  }

  /** The job's host asked to be left alone for so many ms. */
  pause(job: J, ms: number): void {
    const { now } = this;
    this.gate.pause(job.host, now + ms, now);
  }

  /** Takes a retry from the budget of the job's host, if there is one. */
  mayRetry(job: J): boolean {
    return this.gate.mayRetry(job.host, this.now);
  }

  /**
   * Starts everything that may start. Jobs that end while they are being started, and whoever calls this
   * meanwhile, do not recurse: the loop that runs sees what they changed.
   */
  pump(): void {
    this.again = true;
    if (this.pumping) return;
    this.pumping = true;
    outOfScope(this.run);
    this.pumping = false;
    this.reached = -Infinity;
    this.setTimer();
  }

  private readonly run = (): void => {
    while (this.again || this.afterwards.length > 0) {
      if (!this.again) this.afterwards.shift()?.();
      this.again = false;
      this.expire();
      this.fill();
      this.refuse();
    }
  };

  /** Calls when everything that may start has been started: now, or when the pump that runs has done so. */
  whenFilled(call: () => void): void {
    this.afterwards.push(call);
    this.pump();
  }

  /** Never before what a timer has just waited for, though the wall clock may have been set back meanwhile. */
  private get now(): number {
    return Math.max(this.options.scheduler.now(), this.reached);
  }

  private expire(): void {
    if (this.deadlines.size === 0) return;
    const { now } = this;
    for (let job = this.deadlines.take(now); job; job = this.deadlines.take(now)) {
      if (job.atGate) this.gate.withdraw(job);
      job.owner.expire(job, now);
      job.atGate = false;
    }
  }

  private refuse(): void {
    for (let job = this.gate.refused(); job; job = this.gate.refused()) {
      this.forget(job);
      job.owner.refuse(job, this.now);
      this.again = true; // there is room for another
    }
  }

  /** Whether anything may start, as far as those downstream are concerned. */
  private get mayStart(): boolean {
    return this.applicants.some((applicant) => applicant.mayStart);
  }

  private fill(): void {
    while (this.gate.hasSlot && this.mayStart) {
      this.asked = this.now;
      const job = this.gate.take(this.asked) ?? this.pull();
      if (!job) return;
      this.forget(job);
      job.owner.start(job, this.asked);
    }
  }

  /** Pulls, from each applicant in turn, until something may start or nobody gives anything. */
  private pull(): J | undefined {
    // none could start, however many more were pulled, once a rate of all starts holds back or a pull has lowered
    // the concurrency
    for (
      let refused = 0;
      this.gate.hasSlot && refused < this.applicants.length && !this.gate.isSated(this.asked);
    ) {
      this.turn = (this.turn + 1) % this.applicants.length;
      const applicant = this.applicants[this.turn];
      const job = applicant && this.mayHoldMore(applicant) ? applicant.pull() : undefined;
      if (!job) {
        refused++;
        continue;
      }
      refused = 0;
      this.asked = this.now; // the pull may have taken time
      job.atGate = true;
      const next = this.gate.offerAndTake(job, this.asked);
      if (next) return next;
    }
    return undefined;
  }

  private mayHoldMore({ held }: Applicant<J>): boolean {
    return held === 0 || held < this.options.lookahead;
  }

  private setTimer(): void {
    const due = Math.min(this.mayStart ? this.gate.wakeAt() : Infinity, this.deadlines.next);
    if (due === this.timerDue) return;
    this.timer?.unsubscribe();
    this.timerDue = due;
    if (due === Infinity) return;
    const { scheduler } = this.options;
    const delay = Math.min(Math.max(0, due - scheduler.now()), longestTimer);
    this.timer = scheduler.schedule(() => {
      this.timerDue = Infinity;
      if (delay < longestTimer) this.reached = due;
      this.pump();
    }, delay);
  }

  private followConcurrency(): void {
    const { concurrency } = this.options;
    if (!isObservable(concurrency) || this.samples) return;
    const limits = this.follow(concurrency);
    if (this.applicants.length > 0) this.limits = limits;
    else limits.unsubscribe(); // who joined has left in that very call
  }

  private follow(limit$: Observable<number>): Subscription {
    return limit$.subscribe({
      next: (limit: unknown) => {
        if (typeof limit !== 'number' || !(limit === 0 || limit >= 1)) return; // not a limit: the last one stays
        this.gate.slots = Math.floor(limit);
        this.pump();
      },
      error: () => undefined, // nothing but the source may fail the results: the last limit stays
    });
  }
}
