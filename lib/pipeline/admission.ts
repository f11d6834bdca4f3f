import { Subject, type Subscription } from 'rxjs';
import type { Sample } from '../gate/aimd.js';
import { Gate } from '../gate/gate.js';
import { TimeQueue, type Ticket } from '../gate/time-queue.js';
import { Alarm } from './alarm.js';
import type { AdmissionOptions, Applicant, Candidate } from './applicant.js';
import { isAdaptive, type FedSample } from './adaptive-concurrency.js';
import { follow } from './concurrency.js';
import { outOfScope } from './hold.js';
import type { Cancellation } from './records.js';

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
  private readonly alarm: Alarm;
  /** When the gate was last asked who may start. */
  private asked = -Infinity;
  private limits: Subscription | undefined;
  /** How attempts went, for a concurrency that learns from it, as long as there is this admission. */
  private readonly samples: Subject<FedSample> | undefined;
  /** To be called when everything that may start has been started. */
  private readonly afterwards: (() => void)[] = [];

  constructor(private readonly options: AdmissionOptions) {
    const { concurrency, rate, perHost, scheduler } = options;
    this.gate = new Gate({
      slots: typeof concurrency === 'number' ? concurrency : initialConcurrency,
      rate,
      perHost,
    });
    this.alarm = new Alarm(scheduler, this);
    if (!isAdaptive(concurrency)) return;
    this.samples = new Subject();
    follow(concurrency.fedBy(this.samples), this.setSlots); // for good: it holds nothing but its height
  }

  /** Most slots there can ever be, as mergeMap takes it. */
  get slots(): number {
    const { concurrency } = this.options;
    return typeof concurrency === 'number' ? concurrency : Infinity;
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
    if (!this.pumping) this.setAlarm();
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
    this.gate.release(job, failed, this.alarm.now);
  }

  /** An attempt has ended: what a concurrency that learns learns from. */
  learn(startedAt: number, outcome: Sample['outcome']): void {
    this.samples?.next({ startedAt, endedAt: this.alarm.now, outcome, inFlight: this.gate.inFlight });
  }

  /** The job's host asked to be left alone for so many ms. */
  pause(job: J, ms: number): void {
    const { now } = this.alarm;
    this.gate.pause(job.host, now + ms, now);
  }

  /** Takes a retry from the budget of the job's host, if there is one. */
  mayRetry(job: J): boolean {
    return this.gate.mayRetry(job.host, this.alarm.now);
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
    this.setAlarm();
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

  private expire(): void {
    if (this.deadlines.size === 0) return;
    const { now } = this.alarm;
    for (let job = this.deadlines.take(now); job; job = this.deadlines.take(now)) {
      if (job.atGate) this.gate.withdraw(job);
      job.owner.expire(job, now);
      job.atGate = false;
    }
  }

  private refuse(): void {
    for (let job = this.gate.refused(); job; job = this.gate.refused()) {
      this.forget(job);
      job.owner.refuse(job, this.alarm.now);
      this.again = true; // there is room for another
    }
  }

  /** Whether anything may start, as far as those downstream are concerned. */
  private get mayStart(): boolean {
    return this.applicants.some((applicant) => applicant.mayStart);
  }

  private fill(): void {
    while (this.gate.hasSlot && this.mayStart) {
      this.asked = this.alarm.now;
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
      this.asked = this.alarm.now; // the pull may have taken time
      job.atGate = true;
      const next = this.gate.offerAndTake(job, this.asked);
      if (next) return next;
    }
    return undefined;
  }

  private mayHoldMore({ held }: Applicant<J>): boolean {
    return held === 0 || held < this.options.lookahead;
  }

  private setAlarm(): void {
    this.alarm.set(Math.min(this.mayStart ? this.gate.wakeAt() : Infinity, this.deadlines.next));
  }

  private followConcurrency(): void {
    const { concurrency } = this.options;
    if (typeof concurrency === 'number' || this.samples) return;
    const limits = follow(concurrency, this.setSlots);
    if (this.applicants.length > 0) this.limits = limits;
    else limits.unsubscribe(); // who joined has left in that very call
  }

  private readonly setSlots = (slots: number): void => {
    this.gate.slots = slots;
    this.pump();
  };
}
