import {
  catchError,
  EMPTY,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  switchMap,
  take,
  takeUntil,
  throwError,
  throwIfEmpty,
  timeout,
  timer,
} from 'rxjs';
import { toFetchError } from '../model/failure-codes.js';
import { amended, FetchError } from '../model/fetch-error.js';
import type { Page } from '../model/page.js';
import type { FetchResult, FetchSuccess } from '../model/result.js';
import { subjectOf } from '../model/target.js';
import { startOver } from '../transports/transport.js';
import { longestTimer } from './alarm.js';
import type { Flight } from './flight.js';
import { guarded } from './guarded.js';
import type { Job } from './job.js';
import { pauseOf } from './outcome.js';
import { laterValue, projectError } from './project.js';
import { failureOf, httpError, successOf, tooLarge, tooSlow } from './records.js';
import { budgetSpent, retryDelay } from './retry.js';
import type { Settings } from './settings.js';

/** What ends an attempt that is out of time, until it is made an error. A constant: it costs no stack. */
const timeIsOver = Symbol('time is over');
const overdue = (): Observable<never> => throwError(() => timeIsOver);
const notCalled = 'a transport or interceptor returned a function: use coalesce(), not coalesce';
const noPage = (): Error => new Error('the transport completed without a page');

/**
 * One attempt at one job: transport → accept → project → timeout → catchError, with the operators that the
 * pipeline's settings need and no others. Emits the record and completes; completes without one when `again`
 * has taken the job back to the gate. Never errors.
 *
 * ```
 * ---(r|)   a record of success, or of failure
 * ---|      it failed and is tried again later
 * ```
 */
export function attempt<T, C>(
  settings: Settings<T, C>,
  flight: Flight<T, C>,
  again: (flight: Flight<T, C>, delay: number, error: FetchError) => void,
): Observable<FetchResult<T, C>> {
  const { job } = flight;
  const { scheduler } = settings;

  let pages = open(settings, flight);
  if (settings.limitsPhases) pages = pages.pipe(takeUntil(slowPhase(settings, flight)));

  const successes = settings.project
    ? pages.pipe(mergeMap((page) => projected(settings, flight, page)))
    : pages.pipe(map((page) => successOf(job, accepted(settings, job, page) as T, scheduler.now())));

  const { time } = limitOf(settings, flight);
  const inTime =
    time > longestTimer ? successes : successes.pipe(timeout({ first: time, with: overdue, scheduler }));

  return inTime.pipe(
    catchError((cause: unknown) => {
      if (cause === startOver) return flight.startOver() ? EMPTY : NEVER; // never: it is about to be cut
      const error = answered(
        flight,
        cause === timeIsOver ? lateness(settings, flight) : toFetchError(cause, subjectOf(job.request)),
      );
      flight.blamedFor = error;
      const pause = pauseOf(error);
      if (pause <= settings.retry.maxRetryAfter) flight.pause(pause); // beyond it nobody would wait so long
      const verdict = decide(settings, flight, error);
      // not instanceof FetchError: it may be one of another copy of the package
      if (typeof verdict !== 'number') return of(failureOf(job, verdict, scheduler.now()));
      if (flight.flying) again(flight, verdict, error);
      return EMPTY;
    }),
  );
}

/** The error with what is known of the response that had come before it. */
export function answered<T, C>({ response }: Flight<T, C>, error: FetchError): FetchError {
  return response && !error.page ? amended(error, { response }) : error;
}

/** The transport's Observable. A stranger's that throws, or returns a promise, is as good as one that does not. */
function open<T, C>({ transport, foreign }: Settings<T, C>, flight: Flight<T, C>): Observable<Page> {
  const ask = (): Observable<Page> => {
    const pages: unknown = transport(flight.request, flight);
    if (typeof pages === 'function') throw new TypeError(notCalled);
    return pages as Observable<Page>;
  };
  return foreign ? guarded(ask).pipe(take(1), throwIfEmpty(noPage)) : ask();
}

/** The page if its status is accepted. Throws the error of kind `http` otherwise. */
function accepted<T, C>(settings: Settings<T, C>, job: Job<C>, page: Page): Page {
  const { acceptStatus, limits, foreign, scheduler } = settings;
  const { status } = page; // not in there: a transport may have emitted what is no page
  let isAccepted: boolean;
  try {
    isAccepted = acceptStatus(status);
  } catch (error) {
    throw projectError(error, 'acceptStatus', job.request);
  }
  if (!isAccepted) throw httpError(job, page, scheduler.now());
  if (foreign && page.body.length > limits.maxBodyBytes) throw tooLarge(job, page, limits);
  return page;
}

/** The page through the caller's `project`. */
function projected<T, C>(
  settings: Settings<T, C>,
  flight: Flight<T, C>,
  page: Page,
): Observable<FetchSuccess<T, C>> {
  const { job } = flight;
  const { project, scheduler } = settings;
  const value = accepted(settings, job, page);
  flight.phase = 'project';
  try {
    const returned = project?.(value, job.request) as T;
    const later = laterValue<T>(returned);
    if (!later) return of(successOf(job, returned, scheduler.now()));
    return guarded(() => later).pipe(
      map((last) => successOf(job, last, scheduler.now())),
      catchError((error: unknown) => throwError(() => projectError(error, 'project', job.request))),
    );
  } catch (error) {
    throw projectError(error, 'project', job.request);
  }
}

/** Errors when connect, headers or body take longer than they may. */
function slowPhase<T, C>(settings: Settings<T, C>, flight: Flight<T, C>): Observable<never> {
  const { timeout: times, scheduler } = settings;
  return flight.phases.pipe(
    switchMap((phase) =>
      times[phase] > longestTimer ? NEVER : timer(times[phase], scheduler).pipe(map(() => phase)),
    ),
    map((phase) => {
      throw tooSlow(flight.job, phase, phase, settings);
    }),
  );
}

/** How long this attempt may take, and which limit says so. */
function limitOf<T, C>(
  { timeout: times }: Settings<T, C>,
  { job, startedAt }: Flight<T, C>,
): { readonly time: number; readonly limit: 'attempt' | 'total' } {
  const time = job.request.timeout ?? times.attempt;
  const left = job.deadline - startedAt;
  return left < time ? { time: left, limit: 'total' } : { time, limit: 'attempt' };
}

function lateness<T, C>(settings: Settings<T, C>, flight: Flight<T, C>): FetchError {
  return tooSlow(flight.job, limitOf(settings, flight).limit, flight.phase, settings);
}

function decide<T, C>(
  { retry, random }: Settings<T, C>,
  flight: Flight<T, C>,
  error: FetchError,
): number | FetchError {
  const { job } = flight;
  try {
    const verdict = retryDelay(retry, job.request, error, job.attempts, random);
    return typeof verdict === 'number' && !flight.mayRepeat() ? budgetSpent(error) : verdict;
  } catch (thrown) {
    return projectError(thrown, 'retry.backoff', job.request);
  }
}
