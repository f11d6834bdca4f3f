import type { Sink } from './sink.js';

/** One request. Everything but `url` has a default. */
export interface FetchRequest<C = unknown> {
  /** Absolute `http:` or `https:` URL. Credentials in it are sent as Basic authorization. */
  readonly url: string | URL;
  /** HTTP method. @default 'GET' */
  readonly method?: string;
  /** Header names to values; a list sends the header once for each value. @default none */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Request body; a string is sent as UTF-8. @default none */
  readonly body?: string | Uint8Array;
  /** Longest time of each attempt in ms. @default the pipeline's `timeout.attempt` */
  readonly timeout?: number;
  /** Where its body goes instead of into memory. @default the pipeline's `sink` */
  readonly sink?: Sink;
  /** Why it cannot be sent: its record is of kind `invalid` and says so. For who reads what others wrote. @default none */
  readonly invalid?: string;
  /** The caller's own; comes back untouched on the result. @default none */
  readonly context?: C;
}

/** What may flow into a pipeline. */
export type FetchInput<C = unknown> = string | URL | FetchRequest<C>;

/** The method in capitals. */
export function methodOf({ method }: Pick<FetchRequest, 'method'>): string {
  return method?.toUpperCase() ?? 'GET';
}

const idempotentMethods = /* @__PURE__ */ new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

/** RFC 9110 §9.2.2: asking twice does what asking once does. */
export function isIdempotent(request: Pick<FetchRequest, 'method'>): boolean {
  return idempotentMethods.has(methodOf(request));
}
