import { fromEvent, Observable, take, type Subscriber } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import { toFetchError } from '../model/failure-codes.js';
import { FetchError } from '../model/fetch-error.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { Admission } from './admission.js';
import { answered, attempt } from './attempt.js';
import { Flight, Flights, type Tower } from './flight.js';
import { Job, understand } from './job.js';
import { PulledMerge, runOnSubscribe } from './pulled-merge.js';
import { isHostToBlame, outcomeOf } from './outcome.js';
import {
  byIndex,
  cancelled,
  circuitOpen,
  expired,
  failureOf,
  overflowed,
  type Cancellation,
} from './records.js';
import type { Settings } from './settings.js';
import type { OpenSource } from './source.js';

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
  return runOnSubscribe(
    openSource,
    (subscriber) => new Run<T, C>(settings, admission ?? new Admission(settings), subscriber),
  );
}

/** One subscription of a pipeline: what is owed to each input, and what happens to it. */
class Run<T, C> extends PulledMerge<FetchInput<C>, Job<C>, FetchResult<T, C>> implements Tower<T, C> {
  private readonly flights = new Flights<T, C>();
  private events: Subscriber<FetchEvent> | undefined;
  /** The time of the start that is under way. */
  private startingAt = 0;
  private pulled = 0;
  private settled = 0;
  private cancellation: Cancellation | undefined;
  private parkedFlights = 0;
  /** A record is being handed out. */
  private handing = false;
  /** What waits until that is done. */
  private afterwards: (() => void) | undefined;

  constructor(
    private readonly settings: Settings<T, C>,
    admission: Admission<Job<C>>,
    subscriber: Subscriber<FetchResult<T, C>>,
  ) {
    super(admission, subscriber);
    const observer = settings.events;
    if (!observer) return;
    // in between, so that an observer that throws disturbs nothing
    const events = new Observable<FetchEvent>((subscriber) => {
      this.events = subscriber;
    });
    // not the observer itself: a Subscriber would be unsubscribed
    this.listening.add(events.subscribe((event) => observer.next?.(event)));
  }

  override begin(openSource: OpenSource<FetchInput<C>, Job<C>>): void {
    const { signals, drain } = this.settings;
    if (signals.some(({ aborted }) => aborted) || drain?.aborted === true) {
      this.subscriber.complete();
      return;
    }
    for (const signal of signals) this.onAbort(signal, () => this.abort(this.signalled));
    if (drain) this.onAbort(drain, () => this.drain());
    super.begin(openSource);
  }

  /** The next job that can be started; those that cannot settle on the way and cost no slot. */
  override pull(): Job<C> | undefined {
    if (this.isOver) return undefined;
    for (let job = super.pull(); job; job = super.pull()) {
      if (job.settled) {
        this.underWay--; // it expired before its turn
        continue;
      }
      if (!(job.target instanceof FetchError)) return job;
      this.admission.forget(job);
      this.settle(job, job.target, this.settings.scheduler.now());
    }
    return undefined;
  }

  override start(job: Job<C>, now: number): void {
    job.waited += now - job.offeredAt;
    job.flying = true;
    if (job.attempts++ === 0) job.startedAt = now;
    job.starts++;
    const { index, request, attempts } = job;
    this.events?.next({ type: 'start', index, at: now, request, attempt: attempts });
    if (!this.isOver) {
      this.startingAt = now;
      super.start(job, now);
      return;
    }
    this.admission.release(job);
    this.cancel(job, now);
  }

  expire(job: Job<C>, now: number): void {
    if (!job.atGate) this.underWay++; // it is in the source's queue, and settles all the same
    this.settle(job, expired(job, this.settings.timeout.total), now);
  }

  get isWatched(): boolean {
    return this.events !== undefined;
  }

  responded({ job, sentAt }: Flight<T, C>, status: number): void {
    const { index, attempts } = job;
    this.events?.next({
      type: 'response',
      index,
      at: this.settings.scheduler.now(),
      attempt: attempts,
      status,
      ...(sentAt !== undefined && { sent: sentAt }),
    });
  }

  /** The circuit of its host is open. */
  refuse(job: Job<C>, now: number): void {
    this.settle(job, circuitOpen(job), now);
  }

  untried(which: 'oldest' | 'newest'): Job<C> | undefined {
    const untried = this.admission.waitingOf(this).filter(({ starts }) => starts === 0);
    return untried.sort(byIndex).at(which === 'oldest' ? 0 : -1);
  }

  /** While a record is handed out its slot is not free yet: what is pushed there waits until it is. */
  override whenFilled(call: () => void): void {
    if (this.handing) this.afterwards = call;
    else super.whenFilled(call);
  }

  /** More wait than may. */
  shed(job: Job<C>): void {
    if (job.settled) return; // it has expired there already
    if (job.atGate) this.admission.withdrawOne(job);
    else this.underWay++; // it leaves the source's queue, though nobody took it
    this.admission.forget(job);
    this.settle(job, overflowed(job), this.settings.scheduler.now());
  }

  landed(flight: Flight<T, C>): void {
    if (!this.flights.delete(flight)) return;
    const { job, blamedFor: error, startedAt } = flight;
    if (flight.isParked) {
      this.parkedFlights--;
      this.ready();
    } else if (flight.wasCut) {
      this.vacate(job);
    } else {
      this.admission.learn(startedAt, error ? outcomeOf(error) : 'answered');
      this.vacate(job, error ? isHostToBlame(error) : false);
    }
    this.handed();
  }

  parked(flight: Flight<T, C>): void {
    this.parkedFlights++;
    this.admission.release(flight.job);
    this.admission.pump();
  }

  pause(job: Job<C>, ms: number): void {
    this.admission.pause(job, ms);
  }

  mayRepeat(job: Job<C>): boolean {
    return this.admission.mayRetry(job);
  }

  broke(flight: Flight<T, C>, cause: unknown): void {
    const error = toFetchError(cause, 'Reading the request threw');
    flight.cut(failureOf(flight.job, error, this.settings.scheduler.now()));
  }

  /** Every input already pulled gets a `cancelled` record, then the results complete. */
  abort(by: Cancellation): void {
    this.cancellation = by;
    const idle = [...this.admission.withdraw(this), ...(this.source?.clear() ?? [])];
    const now = this.settings.scheduler.now();
    for (const flight of this.flights.all())
      flight.cut(failureOf(flight.job, answered(flight, cancelled(flight.job, by)), now));
    for (const job of idle.sort(byIndex)) {
      if (!job.settled) this.cancel(job, now);
    }
    this.finish();
  }

  private get signalled(): Cancellation {
    return {
      by: 'the signal',
      reason: this.settings.signals.find(({ aborted }) => aborted)?.reason as unknown,
    };
  }

  /** Nothing may start any more. A signal that others share may not have been heard here yet. */
  private get isOver(): boolean {
    return (
      this.closed || this.cancellation !== undefined || this.settings.signals.some(({ aborted }) => aborted)
    );
  }

  protected get unsettled(): number {
    return this.pulled - this.settled;
  }

  get waiting(): number {
    return this.unsettled - this.flights.size;
  }

  get held(): number {
    return this.atGate + this.parkedFlights;
  }

  protected get atGate(): number {
    return this.underWay - this.flights.size;
  }

  /** From here on the input is owed a record. */
  protected admit(input: FetchInput<C>): Job<C> {
    const now = this.settings.scheduler.now();
    const { request, target, host } = understand(input, this.settings.hostKey);
    const job = new Job(this.pulled++, request, host, target, now, this, now + this.settings.timeout.total);
    this.events?.next({ type: 'pull', index: job.index, at: now, request });
    if (this.cancellation) this.cancel(job, now);
    else if (!this.closed) this.admission.watch(job);
    return job;
  }

  protected slotFor(job: Job<C>): Observable<FetchResult<T, C>> {
    return new Observable((slot) => {
      const { settings } = this;
      const flight = new Flight<T, C>(job, this.startingAt, settings.limits, settings.scheduler, this, slot);
      this.flights.add(flight);
      flight.start(() => attempt(settings, flight, this.again));
      return flight;
    });
  }

  received(result: FetchResult<T, C>): void {
    this.events?.next({ type: 'settle', index: result.index, at: this.settings.scheduler.now(), result });
    const outer = this.handing;
    this.handing = true;
    this.subscriber.next(result);
    this.handing = outer;
    this.underWay--;
    this.settled++; // last: who aborts or completes the source in here must not end the results before this is out
  }

  protected vacateAll(): void {
    for (const flight of this.flights.all()) {
      this.flights.delete(flight);
      if (flight.isParked) this.parkedFlights--;
      else this.admission.release(flight.job);
      flight.abort();
    }
  }

  startOver(flight: Flight<T, C>): boolean {
    if (this.isOver) return false;
    const { job } = flight;
    const now = this.settings.scheduler.now();
    job.attempts--;
    job.grounded(now, 0);
    this.goBack(flight, now);
    return true;
  }

  /** A failed job goes back to the gate: its slot is free while it waits. */
  private readonly again = (flight: Flight<T, C>, delay: number, error: FetchError): void => {
    const { job } = flight;
    const now = this.settings.scheduler.now();
    job.error = error;
    job.grounded(now, delay);
    const { index, attempts, notBefore } = job;
    this.events?.next({ type: 'wait', index, at: now, attempt: attempts, until: notBefore, error });
    if (flight.flying) this.goBack(flight, now); // else cut in that very call
  };

  private goBack(flight: Flight<T, C>, now: number): void {
    const { job } = flight;
    flight.handBack();
    this.admission.offer(job, now);
    this.admission.watch(job);
  }

  /** The record of a job that holds no slot. */
  private settle(job: Job<C>, error: FetchError, now: number): void {
    job.settled = true;
    this.received(failureOf(job, error, now));
    this.handed();
    this.finish(); // now: a hold may let nothing be pulled that would find the end
  }

  /** A record was handed out, and the slot of its job, if it had one, is free. */
  private handed(): void {
    const call = this.afterwards;
    if (!call || this.handing) return;
    this.afterwards = undefined;
    this.whenFilled(call);
  }

  private cancel(job: Job<C>, now: number): void {
    this.admission.forget(job);
    this.settle(job, cancelled(job, this.cancellation ?? this.signalled), now);
  }

  /** What was pulled finishes, then the results complete. */
  private drain(): void {
    this.source?.stop();
    this.finish();
  }

  private onAbort(signal: AbortSignal, react: () => void): void {
    this.listening.add(fromEvent(signal, 'abort').pipe(take(1)).subscribe(react));
  }
}
