import { createHash } from 'node:crypto';
import { parseTarget, subjectOf } from '../model/target.js';
import { methodOf, type FetchInput, type FetchRequest } from '../model/request.js';

/** Says what distinguishes an input: those of one key are fetched once. */
export type KeyOf<C = unknown> = (request: FetchRequest<C>) => string;

/** An input as it is kept: text, and what it is known by. */
export interface StoredRequest {
  readonly key: string;
  /** JSON; {@link readRequest} reads it. */
  readonly text: string;
}

/** What the JSON of a request holds. Short names are kept by the million. */
interface RequestJson {
  readonly url: string;
  readonly method?: string;
  readonly headers?: FetchRequest['headers'];
  readonly body?: string;
  readonly bytes?: string;
  readonly timeout?: number;
  readonly context?: unknown;
  readonly invalid?: string;
}

/** A request that was read back, or why there is none to be made. */
export interface ReadRequest<C> {
  readonly request: FetchRequest<C>;
  readonly invalid: string | undefined;
}

/**
 * Takes an input apart for a queue. Never throws: what cannot be kept is kept as an input that is `invalid`, with the
 * sentence that says why.
 */
export function storedRequest<C>(input: FetchInput<C>, keyOf: KeyOf<C> = requestKey): StoredRequest {
  try {
    const request: FetchRequest<C> =
      typeof input === 'string' || input instanceof URL ? { url: input } : input;
    const text = JSON.stringify(jsonOf(request));
    const { invalid } = request;
    const key = invalid === undefined ? checkedKey(keyOf(request)) : invalidKey(String(request.url), invalid);
    return { key, text };
  } catch (error) {
    const invalid = `This input cannot be kept in a queue: ${error instanceof Error ? error.message : String(error)}`;
    const url = subjectOf(typeof input === 'string' || input instanceof URL ? { url: input } : input);
    return { key: invalidKey(url, invalid), text: invalidText(url, invalid) };
  }
}

/** An input that cannot be kept, as it is kept all the same: what it was, and why not. */
export function invalidText(url: string, invalid: string): string {
  return JSON.stringify({ url, invalid });
}

/** The request that was stored as `text`. */
export function readRequest<C>(text: string): ReadRequest<C> {
  const { invalid, bytes, ...json } = JSON.parse(text) as RequestJson & { readonly context?: C };
  const request = bytes === undefined ? json : { ...json, body: Buffer.from(bytes, 'base64') };
  return { request: request as FetchRequest<C>, invalid };
}

/**
 * Method, URL as the parser writes it (without fragment), and body: what makes two requests the same, where the
 * caller does not say otherwise. 22 characters of a digest.
 *
 * @example
 * import { requestKey } from 'sluice/queue';
 *
 * console.log(requestKey({ url: 'http://LOCALHOST/a#b' }) === requestKey({ url: 'http://localhost/a' }));
 */
export function requestKey(request: FetchRequest): string {
  const { body = '' } = request;
  let url: string;
  try {
    const { href, credentials = '' } = parseTarget(request.url);
    url = `${href}\n${credentials}`;
  } catch {
    url = String(request.url); // it will be a record of kind invalid
  }
  return digest(`${methodOf(request)}\n${url}\n${body.length === 0 ? '' : digest(body)}`);
}

function jsonOf({ url, method, headers, body, timeout, context, invalid, sink }: FetchRequest): RequestJson {
  if (sink !== undefined) {
    throw new TypeError('its `sink` is a function: give `sink` to fetchQueue instead');
  }
  return {
    url: String(url),
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
    ...(typeof body === 'string' && { body }),
    ...(body instanceof Uint8Array && { bytes: Buffer.from(body).toString('base64') }),
    ...(timeout !== undefined && { timeout }),
    ...(context !== undefined && { context }),
    ...(invalid !== undefined && { invalid }),
  };
}

/** What is wrong with it distinguishes it, too: the URL may be that of another input, with which nothing is wrong. */
function invalidKey(url: string, invalid: string): string {
  return digest(`invalid\n${url}\n${invalid}`);
}

function checkedKey(key: unknown): string {
  if (typeof key === 'string' && key !== '') return key.length <= 64 ? key : digest(key);
  throw new TypeError(`the queue's \`key\` function gave ${JSON.stringify(key)}, not a text`);
}

/** 128 bits are enough: 10^9 inputs collide once in 10^20 queues. */
function digest(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
