import { FetchError, type FetchErrorDetails, type FailureKind } from '../model/fetch-error.js';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchFailure, FetchResult } from '../model/result.js';
import { FetchedPage, SunkPage } from '../transports/fetched-page.js';

/** A record as it is kept: JSON, and beside it the bytes of its page. */
export interface StoredRecord {
  readonly text: string;
  readonly body: Uint8Array | undefined;
}

/** A record and how it is kept. */
export interface KeptRecord<T, C> {
  /** The given one, or the failure that is kept in its place. */
  readonly record: FetchResult<T, C>;
  readonly stored: StoredRecord;
}

/** What the JSON of a page holds. */
interface PageJson {
  readonly url: string;
  readonly redirects: readonly string[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly encodedBytes: number;
  readonly sunk?: unknown;
}

/** What the JSON of a record holds. */
interface RecordJson {
  readonly attempts: number;
  readonly waited: number;
  readonly duration: number;
  readonly value?: unknown;
  readonly page?: PageJson;
  readonly error?: ErrorJson;
}

interface ErrorJson extends FetchErrorDetails {
  readonly kind: FailureKind;
  readonly message: string;
}

/**
 * Takes a record apart for a queue. A value that is no page is kept as JSON; one that JSON cannot say makes the
 * record a failure of kind `project`.
 */
export function keptRecord<T, C>(record: FetchResult<T, C>): KeptRecord<T, C> {
  try {
    return { record, stored: written(record) };
  } catch (cause) {
    const message = `The value of ${String(record.request.url)} cannot be stored as JSON: ${String(cause)}`;
    const failure = failureOf(record, new FetchError('project', message));
    return { record: failure, stored: written(failure) };
  }
}

/** What is kept of a record that cannot be kept as it is. */
export function failureOf<C>(
  { index, request, attempts, waited, duration }: FetchResult<unknown, C>,
  error: FetchError,
): FetchFailure<C> {
  return { index, request, attempts, waited, duration, ok: false, error };
}

/** The record that was stored for `request`, under its index. */
export function readRecord<T, C>(
  index: number,
  request: FetchRequest<C>,
  { text, body }: StoredRecord,
): FetchResult<T, C> {
  const { attempts, waited, duration, value, page, error } = JSON.parse(text) as RecordJson;
  const settled = { index, request, attempts, waited, duration };
  const read = page && pageOf(page, body ?? new Uint8Array());
  if (!error) return { ...settled, ok: true, value: (read ?? value) as T };
  const { kind, message, ...details } = error;
  return { ...settled, ok: false, error: new FetchError(kind, message, { ...details, page: read }) };
}

function written(record: FetchResult<unknown>): StoredRecord {
  const { ok, attempts, waited, duration } = record;
  const page = ok ? pageIn(record.value) : record.error.page;
  const json: RecordJson = {
    attempts,
    waited,
    duration,
    ...(page && { page: pageJson(page) }),
    ...(ok && !page && { value: record.value }),
    ...(!ok && { error: errorJson(record.error) }),
  };
  return { text: JSON.stringify(json), body: page?.body };
}

function pageJson({ url, redirects, status, headers, encodedBytes, sunk }: Page): PageJson {
  return { url, redirects, status, headers, encodedBytes, ...(sunk !== undefined && { sunk }) };
}

function errorJson(error: FetchError): ErrorJson {
  const { kind, message, code, phase, retryable, status, retryAfter, response } = error;
  return { kind, message, code, phase, retryable, status, retryAfter, response };
}

function pageOf({ url, redirects, status, headers, encodedBytes, sunk }: PageJson, body: Uint8Array): Page {
  if (sunk !== undefined) return new SunkPage(url, redirects, status, headers, encodedBytes, undefined, sunk);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length); // as pages have it on Node
  return new FetchedPage(url, redirects, status, headers, bytes, encodedBytes);
}

/** The value if it is a page: what a `project` has made of one is kept as JSON. */
function pageIn(value: unknown): Page | undefined {
  return value instanceof FetchedPage || isPage(value) ? value : undefined;
}

function isPage(value: unknown): value is Page {
  if (typeof value !== 'object' || value === null) return false;
  const { status, url, headers, body } = value as Partial<Page>;
  return (
    typeof status === 'number' &&
    typeof url === 'string' &&
    headers !== undefined &&
    body instanceof Uint8Array
  );
}
