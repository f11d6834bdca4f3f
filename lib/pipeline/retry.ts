import { amended, type FetchError } from '../model/fetch-error.js';
import { isIdempotent, type FetchRequest } from '../model/request.js';

/** How failed attempts are repeated. */
export interface RetryOptions {
  /** Most attempts after the first. @default 2 */
  readonly limit?: number;
  /**
   * Time before retry number `retry` (from 1) in ms. By default any time up to 500 · 2^(retry − 1), at most 30,000.
   * @default exponential, full jitter
   */
  readonly backoff?: (retry: number, random: () => number, error: FetchError) => number;
  /** Longest Retry-After that is waited for, in ms; beyond it the input fails at once. @default 60_000 */
  readonly maxRetryAfter?: number;
  /**
   * Which failures are retried; it alone decides, methods included. By default those whose `error.retryable` is
   * true, of idempotent methods (RFC 9110 §9.2.2).
   * @default temporary failures of idempotent methods
   */
  readonly on?: (error: FetchError, request: FetchRequest) => boolean;
  /**
   * Retries that each first attempt at a host adds to the ten it begins with; a hundred at most are saved up.
   * Infinity: as many as `limit` says.
   * @default 0.2
   */
  readonly budget?: number;
}

/** RetryOptions with every default filled in. */
export interface RetryPolicy {
  readonly limit: number;
  readonly backoff: (retry: number, random: () => number, error: FetchError) => number;
  readonly maxRetryAfter: number;
  readonly on: (error: FetchError, request: FetchRequest) => boolean;
  readonly budget: number;
}

const retryableStatus = /* @__PURE__ */ new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

/** Whether a status tells that another attempt may succeed. */
export function isRetryableStatus(status: number): boolean {
  return retryableStatus.has(status);
}

/**
 * `random · min(30 s, 500 ms · 2^(retry − 1))`: exponential back-off with full jitter, as in
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function exponentialBackoff(retry: number, random: () => number): number {
  return random() * Math.min(30_000, 500 * 2 ** (retry - 1));
}

/** Fills in the defaults. */
export function retryPolicy(retry: number | false | RetryOptions = {}): RetryPolicy {
  const options = typeof retry === 'object' ? retry : { limit: retry === false ? 0 : retry };
  return {
    limit: options.limit ?? 2,
    backoff: options.backoff ?? exponentialBackoff,
    maxRetryAfter: options.maxRetryAfter ?? 60_000,
    on: options.on ?? mayHelp,
    budget: options.budget ?? 0.2,
  };
}

function mayHelp(error: FetchError, request: FetchRequest): boolean {
  return error.retryable && isIdempotent(request);
}

/**
 * What is to be done about a failed attempt: ms to wait before the next one, or the error to settle with.
 * Pure but for `random`.
 *
 * @param attempts how many were started
 * @throws what the caller's `on` or `backoff` throws
 */
export function retryDelay(
  policy: RetryPolicy,
  request: FetchRequest,
  error: FetchError,
  attempts: number,
  random: () => number,
): number | FetchError {
  if (attempts > policy.limit || !policy.on(error, request)) return error;
  const asked = error.retryAfter ?? 0;
  if (asked > policy.maxRetryAfter) return tooLong(error, asked, policy.maxRetryAfter);
  const delay = policy.backoff(attempts, random, error);
  if (!(Number.isFinite(delay) && delay >= 0)) {
    throw new TypeError(
      `Expected \`retry.backoff\` to return a number of ms from 0 up, got \`${String(delay)}\``,
    );
  }
  return Math.max(asked, delay);
}

function tooLong(error: FetchError, asked: number, most: number): FetchError {
  return noted(error, `it asks to come back in ${asked} ms, more than retry.maxRetryAfter (${most} ms)`);
}

/** The error of an attempt that is not repeated because its host's budget for retries is used up. */
export function budgetSpent(error: FetchError): FetchError {
  return noted(error, 'not retried: so many retries at this host have used up retry.budget');
}

/** The error with a remark at the end of its message. */
function noted(error: FetchError, remark: string): FetchError {
  return amended(error, { message: `${error.message}; ${remark}` });
}

/**
 * Retry-After in ms from `now`: seconds or a date (RFC 9110 §10.2.3). A date past is 0; garbage is undefined.
 *
 * @param now ms since 1970
 */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = (typeof header === 'string' ? header : header?.[0])?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Za-z]{3,9},? /.test(value)) return undefined; // Date.parse takes '-1' and '2' for dates
  const date = Date.parse(/ \d{4}$/.test(value) ? `${value} GMT` : value); // C's asctime names no zone and means GMT
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
