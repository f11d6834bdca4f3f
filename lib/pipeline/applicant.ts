import type { Observable, SchedulerLike } from 'rxjs';
import type { HostLimits, Waiting } from '../gate/host.js';
import type { Rate } from '../gate/sliding-window.js';
import type { Ticket } from '../gate/time-queue.js';
import type { Cancellation } from './records.js';

/** Something that wants a slot. */
export interface Candidate extends Waiting {
  readonly owner: Applicant<this>;
  /** Must have started before this time, else `owner.expire` is called; Infinity for never. */
  readonly deadline: number;
  /** It waits at the gate. Admission's to set. */
  atGate: boolean;
  /** Its place among the jobs with a deadline. Admission's to set. */
  watched: Ticket<unknown> | undefined;
}

/** A pipeline, as admission sees it. */
export interface Applicant<J> {
  /** Nobody downstream holds back what it has pulled. */
  readonly mayStart: boolean;
  /** Jobs of its that wait at the gate or are parked. */
  readonly held: number;
  /** Takes the next input from the source, when there is one and it may be started. */
  pull(): J | undefined;
  /** The job has a slot until `release`. */
  start(job: J, now: number): void;
  /** The job's deadline passed before it could start. */
  expire(job: J, now: number): void;
  /** The circuit of the job's host is open: it may not start. */
  refuse(job: J, now: number): void;
  /** Ends everything that is under way. */
  abort(by: Cancellation): void;
}

/** What admission is built from. */
export interface AdmissionOptions {
  readonly concurrency: number | Observable<number>;
  readonly rate: Rate | undefined;
  readonly perHost: HostLimits;
  readonly lookahead: number;
  readonly scheduler: SchedulerLike;
}
