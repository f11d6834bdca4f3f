import { FetchError, type FailureKind, type FetchErrorDetails } from '../model/fetch-error.js';
import type { FetchFailure, FetchSuccess, Settled } from '../model/result.js';
import { isRetryableStatus } from '../pipeline/retry.js';
import { page } from './pages.js';

/** What a made-up record may say of itself. */
export interface RecordInit<C = unknown> {
  /** Position of the input in its source. @default 0 */
  readonly index?: number;
  /** The URL of its request. @default 'http://localhost/' */
  readonly url?: string;
  /** The caller's own, of its request. @default none */
  readonly context?: C;
  /** Attempts started. @default 1 */
  readonly attempts?: number;
  /** Time at the gate in ms. @default 0 */
  readonly waited?: number;
  /** Time from the first start to the record in ms. @default 0 */
  readonly duration?: number;
}

/** What a made-up failure may say besides. */
export interface FailureInit<C = unknown> extends RecordInit<C>, FetchErrorDetails {
  /** The message of its error. @default a sentence with the kind and the URL */
  readonly message?: string;
}

function settled<C>({ index = 0, url = 'http://localhost/', context, ...rest }: RecordInit<C>): Settled<C> {
  const request = context === undefined ? { url } : { url, context };
  const { attempts = 1, waited = 0, duration = 0 } = rest;
  return { index, request, attempts, waited, duration };
}

/**
 * A record of success, without a fetch: for tests of what comes after one.
 *
 * @example
 * const a = success('body of a', { index: 0, url: 'http://a/' });
 */
export function success<T, C = unknown>(value: T, init: RecordInit<C> = {}): FetchSuccess<T, C> {
  return { ok: true, ...settled(init), value };
}

/**
 * A record of failure, without a fetch; its `error` is what a transport may be drawn to break with. Whether it is
 * `retryable` is as the library judges its kind, unless said otherwise. One of kind `http` holds an empty page.
 *
 * @example
 * const B = failure('timeout', { index: 1, url: 'http://b/', phase: 'connect' });
 * const unavailable = failure('http', { status: 503, retryAfter: 2_000 }).error;
 */
export function failure<C = unknown>(kind: FailureKind, init: FailureInit<C> = {}): FetchFailure<C> {
  const { url = 'http://localhost/', message = `made up: ${kind} at ${url}` } = init;
  const { code, phase, retryAfter, cause } = init;
  const status = init.status ?? (kind === 'http' ? 500 : undefined);
  const retryable = init.retryable ?? isUsuallyRetryable(kind, init);
  const answer =
    init.page ?? (kind === 'http' ? page(url, status === undefined ? {} : { status }) : undefined);
  const details = { code, phase, retryable, status, retryAfter, page: answer, cause };
  return { ok: false, ...settled(init), error: new FetchError(kind, message, details) };
}

function isUsuallyRetryable(kind: FailureKind, { status = 500, phase }: FetchErrorDetails): boolean {
  if (kind === 'http') return isRetryableStatus(status);
  if (kind === 'timeout') return phase !== 'total' && phase !== 'queue';
  return kind === 'connect' || kind === 'network' || kind === 'resource';
}
