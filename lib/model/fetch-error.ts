import type { Page } from './page.js';

/** Why an input has no value. Closed: a switch over it can be exhaustive. */
export const failureKinds = [
  'invalid',
  'blocked',
  'dns',
  'connect',
  'tls',
  'timeout',
  'network',
  'protocol',
  'http',
  'redirect',
  'too-large',
  'decode',
  'proxy',
  'circuit-open',
  'overflow',
  'cancelled',
  'resource',
  'project',
  'unknown',
] as const;

/**
 * Why an input has no value; README's table of failure kinds says what to do about each.
 * @useDeclaredType
 */
export type FailureKind = (typeof failureKinds)[number];

/** Where the time went, of a failure of kind `timeout`; how far the attempt was, of others. */
export type Phase = 'queue' | 'connect' | 'headers' | 'body' | 'attempt' | 'total' | 'project';

/** What was known of a response before its body failed. */
export interface ResponseHead {
  /** Final URL, after redirects, without credentials and fragment. */
  readonly url: string;
  /** HTTP status code. */
  readonly status: number;
}

/** What a FetchError carries besides its kind and message. */
export interface FetchErrorDetails {
  /** As {@link FetchError.code}. @default none */
  readonly code?: string | undefined;
  /** As {@link FetchError.phase}. @default none */
  readonly phase?: Phase | undefined;
  /** As {@link FetchError.retryable}. @default false */
  readonly retryable?: boolean | undefined;
  /** As {@link FetchError.status}. @default none */
  readonly status?: number | undefined;
  /** As {@link FetchError.retryAfter}, in ms. @default none */
  readonly retryAfter?: number | undefined;
  /** As {@link FetchError.response}. @default none */
  readonly response?: ResponseHead | undefined;
  /** As {@link FetchError.page}. @default none */
  readonly page?: Page | undefined;
  /** What was thrown below, as `cause` of every Error. Not enumerable. @default none */
  readonly cause?: unknown;
}

/** A brand that survives two copies of the package (ESM beside CJS), which `instanceof` does not. */
const brand = /* @__PURE__ */ Symbol.for('sluice.FetchError');

/**
 * The error of a failed record: a closed `kind`, and JSON-safe. Its `stack` names no frames: they would be
 * sluice's own, take twenty times as long to make as the rest, and keep alive what they ran on, sockets and all.
 *
 * @example
 * fetchFrom(urls).pipe(
 *   catchFailure((cause) => {
 *     throw new FetchError('unknown', 'The catalogue does not answer', { cause });
 *   }),
 *   failures(),
 * ).subscribe(({ error }) => console.log(JSON.stringify(error)));
 */
export class FetchError extends Error {
  /** Why there is no value. */
  readonly kind: FailureKind;
  /** The cause's own code, such as ECONNREFUSED, where it has one. */
  declare readonly code?: string;
  /** Where the time went, of kind `timeout`; how far the attempt was, where that is known. */
  declare readonly phase?: Phase;
  /** Another attempt at the same request may succeed. */
  readonly retryable: boolean;
  /** HTTP status, of the kinds `http` and `redirect`. */
  declare readonly status?: number;
  /** What Retry-After asked for (RFC 9110 §10.2.3), in ms from the response, of kind `http`. */
  declare readonly retryAfter?: number;
  /** Where a failure came after the head of a response: what that said. Of kind `http`, `page` says it. */
  declare readonly response?: ResponseHead;
  /** The response with its body, of kind `http`. Not enumerable. */
  declare readonly page?: Page;

  /** Makes an error; `message` says what happened, to which URL, and what to change. */
  constructor(kind: FailureKind, message: string, details: FetchErrorDetails = {}) {
    const { code, phase, status, retryAfter, response, page, retryable = false, cause } = details;
    const { stackTraceLimit } = Error;
    Reflect.set(Error, 'stackTraceLimit', 0); // not an assignment: that throws where the intrinsics are frozen
    super(message, cause === undefined ? undefined : { cause });
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
    this.kind = kind;
    this.retryable = retryable;
    if (code !== undefined) this.code = code;
    if (phase !== undefined) this.phase = phase;
    if (status !== undefined) this.status = status;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (response !== undefined) this.response = response;
    if (page !== undefined) Object.defineProperty(this, 'page', { value: page });
    Object.defineProperty(this, 'name', { value: 'FetchError' });
    Object.defineProperty(this, brand, { value: true });
  }

  /** The error as plain data, for `JSON.stringify`: no stack, no body, no request, no cause. */
  toJSON(): Record<string, unknown> {
    const { name, message, kind, code, phase, retryable, status, retryAfter, response } = this;
    const known = { name, message, kind, code, phase, retryable, status, retryAfter, response };
    return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  }
}

/** The same error, but for what is said anew. */
export function amended(
  error: FetchError,
  { message = error.message, ...anew }: FetchErrorDetails & { readonly message?: string },
): FetchError {
  const { kind, code, phase, status, retryAfter, response, page, retryable, cause } = error;
  const details = { code, phase, status, retryAfter, response, page, retryable, cause, ...anew };
  return new FetchError(kind, message, details);
}

/**
 * Whether `value` is a FetchError, of this copy of the package or another: `instanceof` knows but one of the two
 * copies that a program has where some of it imports and some of it requires sluice.
 *
 * @example
 * fetchPage('http://localhost/missing').subscribe({
 *   error: (error: unknown) => console.log(isFetchError(error) ? error.kind : error),
 * });
 */
export function isFetchError(value: unknown): value is FetchError {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    return false; // a Proxy may refuse to say
  }
}
