import { fromEvent, mergeMap, Observable, Subject, Subscription, take, type Subscriber } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import { FetchError } from '../model/fetch-error.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { Admission, type Applicant } from './admission.js';
import { attempt } from './attempt.js';
import { Flight, Flights, type Tower } from './flight.js';
import { holdsInScope } from './hold.js';
import { Job, understand } from './job.js';
import { cancelled, expired, failureOf } from './records.js';
import type { Settings } from './settings.js';
import type { OpenSource, Source, SourceListener } from './source.js';

/**
 * The pipeline: source → admission (the gate) → mergeMap, whose places are the slots → attempt → record.
 *
 * Cold, with state of its own for each subscription. `admission` is shared by pipelines that share limits.
 */
export function pipeline<T, C>(
  settings: Settings<T, C>,
  openSource: OpenSource<FetchInput<C>, Job<C>>,
  admission?: Admission<Job<C>>,
): Observable<FetchResult<T, C>> {
  return new Observable((subscriber) => {
    const run = new Run(settings, admission ?? new Admission(settings), subscriber);
    subscriber.add(() => run.close()); // before it begins, as it may end in this very call
    run.begin(openSource);
  });
}

/** One subscription of a pipeline. */
class Run<T, C> implements Applicant<Job<C>>, Tower<T, C>, SourceListener {
  private source: Source<Job<C>> | undefined;
  private sourceError: { readonly error: unknown } | undefined;
  private readonly starts = new Subject<Job<C>>();
  private readonly flights = new Flights<T, C>();
  private readonly listening = new Subscription();
  private readonly holds = holdsInScope();
  private readonly events: Subject<FetchEvent> | undefined;
  private pulled = 0;
  private settled = 0;
  private closed = false;

  constructor(
    private readonly settings: Settings<T, C>,
    private readonly admission: Admission<Job<C>>,
    private readonly subscriber: Subscriber<FetchResult<T, C>>,
  ) {
    if (!settings.events) return;
    this.events = new Subject(); // in between, so that an observer that throws disturbs nothing
    this.listening.add(this.events.subscribe(settings.events));
  }

  begin(openSource: OpenSource<FetchInput<C>, Job<C>>): void {
    const { concurrency, signal, drain } = this.settings;
    if (signal?.aborted === true || drain?.aborted === true) {
      this.subscriber.complete();
      return;
    }
    // mergeMap is the semaphore. It is only given what the gate lets through, so its buffer stays empty
    const slots = typeof concurrency === 'number' ? concurrency : Infinity;
    this.listening.add(
      this.starts.pipe(mergeMap((job) => this.slotFor(job), slots)).subscribe((result) => this.emit(result)),
    );
    if (signal)
      this.listening.add(
        fromEvent(signal, 'abort')
          .pipe(take(1))
          .subscribe(() => this.abort()),
      );
    if (drain)
      this.listening.add(
        fromEvent(drain, 'abort')
          .pipe(take(1))
          .subscribe(() => this.drain()),
      );
    for (const hold of this.holds) this.listening.add(hold.onRoom(() => this.admission.pump()));
    this.admission.join(this);
    this.source = openSource((input) => this.admit(input), this);
    this.source.open();
  }

  ready(): void {
    this.admission.pump();
    this.finish();
  }

  failed(error: unknown): void {
    this.sourceError = { error };
    this.finish();
  }

  /** The next job that can be started; those that cannot settle on the way and cost no slot. */
  pull(): Job<C> | undefined {
    while (this.hasRoom) {
      const job = this.source?.take();
      if (!job) {
        this.finish();
        return undefined;
      }
      if (job.settled) continue; // it expired before its turn
      if (!(job.target instanceof FetchError)) return job;
      this.admission.forget(job);
      this.settle(job, job.target, this.settings.scheduler.now());
    }
    return undefined;
  }

  start(job: Job<C>, now: number): void {
    job.waited += now - job.offeredAt;
    job.flying = true;
    if (job.attempts++ === 0) job.startedAt = now;
    const { index, request, attempts } = job;
    this.events?.next({ type: 'start', index, at: now, request, attempt: attempts });
    this.starts.next(job);
  }

  expire(job: Job<C>, now: number): void {
    this.settle(job, expired(job, this.settings.timeout.total), now);
    this.finish();
  }

  responded(job: Job<C>, status: number): void {
    const { index, attempts } = job;
    this.events?.next({
      type: 'response',
      index,
      at: this.settings.scheduler.now(),
      attempt: attempts,
      status,
    });
  }

  landed(flight: Flight<T, C>): void {
    if (!this.flights.delete(flight)) return;
    this.admission.release();
    this.admission.pump();
    this.finish();
  }

  /** Lets go of everything: the teardown, whether all is done or somebody unsubscribed. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.source?.clear();
    this.listening.unsubscribe(); // aborts what is in flight
    this.admission.leave(this);
    for (const flight of this.flights.all()) {
      this.flights.delete(flight);
      this.admission.release();
    }
    this.admission.pump(); // others may share it
  }

  private get hasRoom(): boolean {
    if (this.holds.length === 0) return true;
    const unsettled = this.pulled - this.settled;
    return this.holds.every((hold) => hold.hasRoom(unsettled, this.admission.concurrency));
  }

  /** An input has come from the source: from here on it is owed a record. */
  private admit(input: FetchInput<C>): Job<C> {
    const now = this.settings.scheduler.now();
    const { request, target } = understand(input);
    const job = new Job(this.pulled++, request, target, now, this, now + this.settings.timeout.total);
    this.admission.watch(job);
    this.events?.next({ type: 'pull', index: job.index, at: now, request });
    return job;
  }

  /** The place that mergeMap holds for a job until its attempt has ended. */
  private slotFor(job: Job<C>): Observable<FetchResult<T, C>> {
    return new Observable((slot) => {
      const { settings } = this;
      const flight = new Flight<T, C>(job, settings.scheduler.now(), settings.limits, this, slot);
      this.flights.add(flight);
      flight.start(attempt(settings, flight, this.again));
      return flight;
    });
  }

  /** A failed job goes back to the gate: its slot is free while it waits. */
  private readonly again = (job: Job<C>, delay: number, error: FetchError): void => {
    const now = this.settings.scheduler.now();
    job.flying = false;
    job.offeredAt = now;
    job.notBefore = now + delay;
    job.error = error;
    this.events?.next({
      type: 'wait',
      index: job.index,
      at: now,
      attempt: job.attempts,
      until: job.notBefore,
      error,
    });
    this.admission.offer(job, now);
    this.admission.watch(job);
  };

  private settle(job: Job<C>, error: FetchError, now: number): void {
    job.settled = true;
    this.emit(failureOf(job, error, now));
  }

  private emit(result: FetchResult<T, C>): void {
    this.settled++;
    this.events?.next({ type: 'settle', index: result.index, at: this.settings.scheduler.now(), result });
    this.subscriber.next(result);
  }

  /** Every input already pulled gets a `cancelled` record, then the results complete. */
  private abort(): void {
    const idle = [...this.admission.withdraw(this), ...(this.source?.clear() ?? [])];
    const now = this.settings.scheduler.now();
    for (const flight of this.flights.all()) flight.cut(failureOf(flight.job, cancelled(flight.job), now));
    for (const job of idle.sort((a, b) => a.index - b.index)) {
      if (job.settled) continue;
      this.admission.forget(job);
      this.settle(job, cancelled(job), now);
    }
    this.finish();
  }

  /** What was pulled finishes, then the results complete. */
  private drain(): void {
    this.source?.stop();
    this.finish();
  }

  private finish(): void {
    if (this.closed || this.source?.done !== true || this.settled < this.pulled) return;
    if (this.sourceError) this.subscriber.error(this.sourceError.error);
    else this.subscriber.complete();
  }
}
