import type { FetchError } from './fetch-error.js';
import type { Page } from './page.js';
import type { FetchRequest } from './request.js';

/** What every record says, success or failure. */
export interface Settled<C = unknown> {
  /** Position of the input in its source, from 0. */
  readonly index: number;
  /** The request as the caller gave it; `{ url }` where the input was a string or a URL. */
  readonly request: FetchRequest<C>;
  /** How many attempts were started; 0 where none was. */
  readonly attempts: number;
  /** Time spent at the gate in ms: in the queue and between retries. */
  readonly waited: number;
  /** Time from the first attempt's start to settling in ms; 0 where none was started. */
  readonly duration: number;
}

/** A page was fetched, accepted, and (with `project`) turned into `value`. */
export interface FetchSuccess<T = Page, C = unknown> extends Settled<C> {
  /** Tells it from a failure. */
  readonly ok: true;
  /** The page, or what `project`, `mapSuccess` or `catchFailure` made of it. */
  readonly value: T;
}

/** No value: `error.kind` says why. */
export interface FetchFailure<C = unknown> extends Settled<C> {
  /** Tells it from a success. */
  readonly ok: false;
  /** Why there is no value. */
  readonly error: FetchError;
}

/**
 * The one record that each pulled input yields; narrow it by `ok`.
 *
 * @example
 * const line = (result: FetchResult) => (result.ok ? result.value.status : result.error.message);
 * fetchFrom(urls).subscribe((result) => console.log(result.index, line(result)));
 */
export type FetchResult<T = Page, C = unknown> = FetchSuccess<T, C> | FetchFailure<C>;
