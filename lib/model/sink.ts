import type { FetchRequest } from './request.js';

/** What a sink is told of the response whose body it is about to get. */
export interface SinkHead {
  /** The request as it was asked for, before redirects. */
  readonly request: FetchRequest;
  /** Final URL, after redirects, without credentials and fragment. */
  readonly url: string;
  /** HTTP status code; only accepted ones get here. */
  readonly status: number;
  /** Response headers under lower-case names; a list where the header came more than once. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Where the first byte belongs, in bytes: 0, unless the response continues what the sink has already. */
  readonly offset: number;
}

/** Takes one body. One call at a time: each is waited for, and what is returned meanwhile slows the server. */
export interface SinkWriter<T = unknown> {
  /** Takes the next piece, decoded. It must not be changed. */
  write(chunk: Uint8Array): unknown;
  /** The body is whole. What it returns, or the promise of it gives, becomes `page.sunk`. */
  close(): T | PromiseLike<T>;
  /** The body will not be whole, or a call here has thrown: undo what was done. */
  abort(error: Error): unknown;
}

/** What a sink has of a body, from an attempt that was cut short. */
export interface Resumption {
  /** Go with the request, over those of the same name: Range, If-Range, Accept-Encoding. */
  readonly headers: Readonly<Record<string, string>>;
  /** How much there is, in bytes; 0 when there is nothing to continue. */
  readonly offset: number;
}

/**
 * Where a body goes instead of into memory: called once a response is accepted, it returns what takes the body.
 * Those that come along are in `sluice/sinks`.
 *
 * @example
 * const counted: Sink<number> = () => {
 *   let bytes = 0;
 *   return { write: (chunk) => void (bytes += chunk.length), close: () => bytes, abort: () => undefined };
 * };
 * fetchFrom(urls, { sink: counted, project: (page) => page.sunk }).subscribe((result) => console.log(result.ok));
 */
export interface Sink<T = unknown> {
  /** Opens it for one body. */
  (head: SinkHead): SinkWriter<T> | PromiseLike<SinkWriter<T>>;
  /** Asked before each attempt, where there is one: what is there already. */
  readonly resume?: (request: FetchRequest) => Resumption | undefined | PromiseLike<Resumption | undefined>;
}
