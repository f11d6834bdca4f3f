import { mergeMap, Observable, Subscription, type Subscriber } from 'rxjs';
import type { Admission } from './admission.js';
import type { Applicant, Candidate } from './applicant.js';
import { holdsInScope, type Load } from './hold.js';
import type { Cancellation } from './records.js';
import type { OpenSource, SheddingListener, Source } from './source.js';

/**
 * `mergeMap` fed on demand: its places are the slots, its buffer stays empty, and an input is taken from the
 * source only when a slot is free. One subscription of it; what a job is and does is the subclass's.
 *
 * ```
 * source → admit → admission (the gate) → mergeMap(slotFor) → received
 * ```
 */
export abstract class PulledMerge<I, J extends Candidate, T> implements Applicant<J>, SheddingListener<J> {
  protected source: Source<J> | undefined;
  protected readonly listening = new Subscription();
  /** Feeds mergeMap. A Subscriber, not a Subject, which does much more for each value. */
  private starts: Subscriber<J> | undefined;
  private readonly holds = holdsInScope();
  /** Inputs that were taken from the source and have not settled. */
  protected underWay = 0;
  private sourceError: { readonly error: unknown } | undefined;
  private begun = false;
  protected closed = false;

  constructor(
    protected readonly admission: Admission<J>,
    protected readonly subscriber: Subscriber<T>,
  ) {}

  /** Inputs that were pulled and have not settled. */
  protected abstract get unsettled(): number;
  /** Inputs that wait at the gate. */
  protected abstract get atGate(): number;
  /** An input has come from the source. */
  protected abstract admit(input: I): J;
  /** What a job does while mergeMap holds its place; calls `vacate` after it has completed its subscriber. */
  protected abstract slotFor(job: J): Observable<T>;
  /** A slot has emitted. */
  protected abstract received(value: T): void;
  abstract abort(by: Cancellation): void;
  abstract expire(job: J, now: number): void;
  abstract refuse(job: J, now: number): void;
  abstract untried(which: 'oldest' | 'newest'): J | undefined;
  abstract shed(job: J): void;

  begin(openSource: OpenSource<I, J>): void {
    const { slots } = this.admission;
    this.listening.add(
      new Observable<J>((starts) => {
        this.starts = starts;
      })
        .pipe(mergeMap((job) => this.slotFor(job), slots))
        .subscribe({
          next: (value) => this.received(value),
          error: (error: unknown) => this.subscriber.error(error),
        }),
    );
    for (const hold of this.holds) {
      this.listening.add(hold.onRoom(() => this.admission.pump()));
    }
    this.source = openSource((input) => this.admit(input), this);
    this.admission.join(this); // an Observable of the concurrency may end everything in this very call
    this.begun = true;
    this.source.open();
  }

  /** Inputs that wait, in the source's queue or at the gate. */
  abstract get waiting(): number;
  abstract get held(): number;

  whenFilled(call: () => void): void {
    this.admission.whenFilled(call);
  }

  ready(): void {
    if (this.closed) return;
    this.admission.pump();
    this.finish();
  }

  failed(error: unknown): void {
    this.sourceError = { error };
    this.finish();
  }

  pull(): J | undefined {
    if (!this.isOpen() || !this.hasRoom) return undefined;
    const job = this.source?.take();
    if (job) this.underWay++;
    else this.finish();
    return this.isOpen() ? job : undefined; // what was given may have made somebody unsubscribe
  }

  start(job: J, _now: number): void {
    this.starts?.next(job);
  }

  /** Lets go of everything: the teardown, whether all is done or somebody unsubscribed. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.admission.leave(this); // first: what follows runs code of others, and nothing may start any more
    for (const job of this.source?.clear() ?? []) this.admission.forget(job);
    this.listening.unsubscribe(); // aborts what is in flight
    this.vacateAll();
    this.admission.pump(); // others may share it
  }

  /** Gives back the slots of what was in flight when it was closed. */
  protected abstract vacateAll(): void;

  /** A slot is free again, and mergeMap has given its place back. */
  protected vacate(job: J, failed?: boolean): void {
    this.admission.release(job, failed);
    this.admission.pump();
    this.finish();
  }

  /** Ends the results when all is done. The source's own error waits until then. */
  protected finish(): void {
    if (this.closed || this.unsettled > 0 || this.source?.done !== true) return;
    if (this.sourceError) this.subscriber.error(this.sourceError.error);
    else this.subscriber.complete();
  }

  /** It has begun and nobody has left it; what is given or told may change that in the same call. */
  private isOpen(): boolean {
    return this.begun && !this.closed;
  }

  get mayStart(): boolean {
    return this.holds.length === 0 || this.holds.every((hold) => hold.mayStart(this.load));
  }

  private get load(): Load {
    // not `unsettled`: what waits in the source's queue would keep itself from being taken
    const { underWay, atGate, admission } = this;
    return { underWay, atGate, concurrency: admission.concurrency };
  }

  private get hasRoom(): boolean {
    return this.holds.length === 0 || this.holds.every((hold) => hold.hasRoom(this.load));
  }
}

/** An Observable each of whose subscriptions is a run of its own. */
export function runOnSubscribe<I, J extends Candidate, T>(
  openSource: OpenSource<I, J>,
  open: (subscriber: Subscriber<T>) => PulledMerge<I, J, T>,
): Observable<T> {
  return new Observable((subscriber) => {
    const run = open(subscriber);
    subscriber.add(() => run.close()); // before it begins, as it may end in this very call
    run.begin(openSource);
  });
}
