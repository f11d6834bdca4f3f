import { FetchError } from '../model/fetch-error.js';
import type { Page } from '../model/page.js';
import type { FetchFailure, FetchResult, FetchSuccess } from '../model/result.js';
import { quote, subjectOf } from '../model/target.js';
import type { TransportLimits } from '../transports/transport.js';
import type { FlightPhase } from './flight.js';
import type { Job } from './job.js';
import { isRetryableStatus, parseRetryAfter } from './retry.js';
import type { Settings } from './settings.js';

/** The record of a job that has a value. */
export function successOf<T, C>(job: Job<C>, value: T, now: number): FetchSuccess<T, C> {
  const { index, request, attempts, waited } = job;
  return { ok: true, index, request, attempts, waited, duration: now - job.startedAt, value };
}

/** The record of a job that has none. */
export function failureOf<C>(job: Job<C>, error: FetchError, now: number): FetchFailure<C> {
  const { index, request, attempts } = job;
  const waited = job.flying ? job.waited : job.waited + now - job.offeredAt;
  return {
    ok: false,
    index,
    request,
    attempts,
    waited,
    duration: attempts === 0 ? 0 : now - job.startedAt,
    error,
  };
}

/** The record with another value. */
export function withValue<T, C>(result: FetchResult<unknown, C>, value: T): FetchSuccess<T, C> {
  const { index, request, attempts, waited, duration } = result;
  return { ok: true, index, request, attempts, waited, duration, value };
}

/** The record as a failure. */
export function withError<C>(result: FetchResult<unknown, C>, error: FetchError): FetchFailure<C> {
  const { index, request, attempts, waited, duration } = result;
  return { ok: false, index, request, attempts, waited, duration, error };
}

/** For `sort`: records in the order of their inputs. */
export function byIndex(a: { readonly index: number }, b: { readonly index: number }): number {
  return a.index - b.index;
}

/** @param now ms since 1970, for a Retry-After that is a date */
export function httpError(job: Job, page: Page, now: number): FetchError {
  const { status } = page;
  return new FetchError('http', `${subjectOf(job.request)}: the server answered with status ${status}`, {
    status,
    page,
    retryable: isRetryableStatus(status),
    retryAfter: parseRetryAfter(page.headers['retry-after'], now),
    phase: 'body',
  });
}

/** A body that a foreign transport let grow. */
export function tooLarge(job: Job, { body }: Page, { maxBodyBytes }: TransportLimits): FetchError {
  const message = `${subjectOf(job.request)}: the body is larger than maxBodyBytes (${maxBodyBytes}): ${body.length} bytes`;
  return new FetchError('too-large', message, { phase: 'body' });
}

/** What ended a pipeline before its time. */
export interface Cancellation {
  /** As a sentence says it. */
  readonly by: string;
  /** The signal's. */
  readonly reason?: unknown;
}

export function cancelled(job: Job, { by, reason }: Cancellation): FetchError {
  const where = job.flying ? 'under way' : job.attempts > 0 ? 'waiting for a retry' : 'in the queue';
  return new FetchError('cancelled', `${subjectOf(job.request)}: cancelled by ${by} while ${where}`, {
    cause: job.error ?? reason,
  });
}

/** It came when the queue was full. */
export function overflowed(job: Job): FetchError {
  return new FetchError(
    'overflow',
    `${subjectOf(job.request)}: given up, as the queue is full (option maxQueued)`,
  );
}

/** The host failed so often of late that it is left alone. */
export function circuitOpen(job: Job): FetchError {
  const { host, error } = job;
  const message = `${subjectOf(job.request)}: not tried, as ${quote(host)} failed too often of late (option circuit)`;
  return new FetchError('circuit-open', message, { cause: error });
}

/** The total time is over before the job could start, or start again. */
export function expired(job: Job, total: number): FetchError {
  const where = job.attempts === 0 ? 'in the queue' : `after ${job.attempts} attempts, waiting for the next`;
  return new FetchError(
    'timeout',
    `${subjectOf(job.request)}: not done within timeout.total (${total} ms): ${where}`,
    {
      phase: job.attempts === 0 ? 'queue' : 'total',
      cause: job.error,
    },
  );
}

const doing: Readonly<Record<FlightPhase, string>> = {
  attempt: 'waiting for the transport',
  connect: 'connecting',
  headers: 'waiting for the response',
  body: 'reading the body',
  project: 'in project',
};

/** An attempt was too slow: which limit it met, and where it was. */
export function tooSlow<T, C>(
  job: Job<C>,
  limit: 'attempt' | 'total' | 'connect' | 'headers' | 'body',
  phase: FlightPhase,
  { timeout }: Settings<T, C>,
): FetchError {
  const ms = limit === 'attempt' ? (job.request.timeout ?? timeout.attempt) : timeout[limit];
  return new FetchError(
    'timeout',
    `${subjectOf(job.request)}: timeout.${limit} (${ms} ms) was over while ${doing[phase]}`,
    {
      phase: limit === 'total' ? 'total' : phase,
      retryable: limit !== 'total' && phase !== 'project',
      cause: job.error,
    },
  );
}
