import { Subject, type Observable, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import type { FetchError, ResponseHead } from '../model/fetch-error.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchFailure, FetchResult } from '../model/result.js';
import type { Target } from '../model/target.js';
import type { AttemptContext, TransportLimits, TransportPhase } from '../transports/transport.js';
import type { Job } from './job.js';

/** Where a flight is; `attempt` while its transport has not said. */
export type FlightPhase = 'attempt' | TransportPhase | 'project';

/** What a flight reports to its pipeline. */
export interface Tower<T, C> {
  /** The flight is over; mergeMap has given its place back. */
  landed(flight: Flight<T, C>): void;
  /** The attempt errored, which it should not. */
  broke(flight: Flight<T, C>, cause: unknown): void;
  responded(flight: Flight<T, C>, status: number): void;
  /** Whether anybody looks on. */
  readonly isWatched: boolean;
  /** The flight goes on without its slot; mergeMap has given its place back. */
  parked(flight: Flight<T, C>): void;
  /** The flight's job goes back to the gate, unless all is over. This attempt does not count. */
  startOver(flight: Flight<T, C>): boolean;
  /** The record of a flight that holds no slot. */
  received(result: FetchResult<T, C>): void;
  pause(job: Job<C>, ms: number): void;
  mayRepeat(job: Job<C>): boolean;
}

/**
 * One attempt while it holds a slot: what the transport is told, how far it is, and where its record goes.
 * It ends once: with what the attempt emits, with the attempt's end, or cut off.
 */
export class Flight<T, C> implements AttemptContext {
  phase: FlightPhase = 'attempt';
  /** Where it is in Flights. */
  place = -1;
  private entered: Subject<TransportPhase> | undefined = undefined;
  readonly request: FetchRequest<C>;
  readonly target: Target;
  /** What its host and its load are judged by; undefined: it did well. */
  blamedFor: FetchError | undefined = undefined;
  /** When its first request went out, where anybody looks on and the transport says so. */
  sentAt: number | undefined = undefined;
  /** It has given its slot back. */
  isParked = false;
  /** The head of the response whose body is being read, or has been. */
  response: ResponseHead | undefined = undefined;
  /** It was ended from outside: that says nothing of its host. */
  wasCut = false;
  private open = true;
  private subscription: Subscription | undefined = undefined;

  constructor(
    readonly job: Job<C>,
    readonly startedAt: number,
    readonly limits: TransportLimits,
    readonly scheduler: SchedulerLike,
    private readonly tower: Tower<T, C>,
    private readonly slot: Subscriber<FetchResult<T, C>>,
  ) {
    this.request = job.request;
    this.target = job.target as Target; // a job that has none never flies
  }

  /** Whether its record is still wanted: a callback of the caller's may have cut it, or unsubscribed. */
  get flying(): boolean {
    return this.open && (this.isParked || !this.slot.closed);
  }

  /** The phases as they are entered. */
  get phases(): Observable<TransportPhase> {
    return (this.entered ??= new Subject());
  }

  /** Subscribes to the attempt. `slot` may be closed, or the flight cut, in this very call. */
  start(attempt: () => Observable<FetchResult<T, C>>): void {
    try {
      this.subscription = attempt().subscribe(this);
    } catch (error) {
      this.error(error);
    }
    if (!this.open) this.subscription?.unsubscribe();
  }

  enter(phase: TransportPhase): void {
    if (!this.open) return;
    this.phase = phase;
    if (phase !== 'body') this.response = undefined; // an interceptor asks once more: what was answered before was another's
    if (phase === 'headers' && this.tower.isWatched) this.sentAt ??= this.scheduler.now();
    this.entered?.next(phase);
  }

  responded(status: number, url: string): void {
    if (!this.open) return;
    this.response = { url, status };
    this.tower.responded(this, status);
  }

  park(): void {
    if (!this.open || this.isParked) return;
    this.isParked = true;
    this.slot.complete();
    this.tower.parked(this);
  }

  /** The job goes back to the gate, as if this attempt had not been made. @returns whether it does */
  startOver(): boolean {
    return this.flying && this.tower.startOver(this);
  }

  pause(ms: number): void {
    this.tower.pause(this.job, ms);
  }

  mayRepeat(): boolean {
    return this.open && this.tower.mayRepeat(this.job);
  }

  next(result: FetchResult<T, C>): void {
    if (!this.open) return;
    this.open = false;
    this.hand(result);
  }

  /** The job has gone back to the gate: it gets its record there. */
  handBack(): void {
    this.open = false;
  }

  /** A request's getters may throw when they are read again: it is a record all the same. */
  error(cause: unknown): void {
    this.tower.broke(this, cause);
  }

  /** Without a record when the job has gone back to the gate. */
  complete(): void {
    this.abort(); // the transport lets go before another attempt takes its place
    if (!this.isParked) this.slot.complete();
    this.tower.landed(this);
  }

  /** Aborts the attempt and settles with `failure` instead. */
  cut(failure: FetchFailure<C>): void {
    if (!this.open) return;
    this.wasCut = true;
    this.abort();
    this.hand(failure);
    this.complete();
  }

  /** Teardown of the slot; what is parked goes on without. */
  unsubscribe(): void {
    if (!this.isParked) this.abort();
  }

  /** Aborts the attempt without a record. */
  abort(): void {
    this.open = false;
    this.subscription?.unsubscribe();
  }

  private hand(result: FetchResult<T, C>): void {
    if (this.isParked) this.tower.received(result);
    else this.slot.next(result);
  }
}

/**
 * The flights under way. An array whose gaps are filled from its end, because a Set builds itself anew every
 * few deletions, and each table it leaves behind keeps alive what was in it, and the table after it: measured,
 * a third of all time went to garbage collection.
 */
export class Flights<T, C> {
  private readonly flights: Flight<T, C>[] = [];

  get size(): number {
    return this.flights.length;
  }

  add(flight: Flight<T, C>): void {
    flight.place = this.flights.push(flight) - 1;
  }

  /** Whether it was there. */
  delete(flight: Flight<T, C>): boolean {
    const { place } = flight;
    if (place === -1) return false;
    flight.place = -1;
    const last = this.flights.pop();
    if (last && last !== flight) {
      this.flights[place] = last;
      last.place = place;
    }
    return true;
  }

  /** Those that are under way now, in order of their inputs. */
  all(): Flight<T, C>[] {
    return [...this.flights].sort((a, b) => a.job.index - b.job.index);
  }
}
