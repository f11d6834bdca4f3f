/** A response whose body has been read to its end. */
export interface Page {
  /** Final URL, after redirects, without credentials and fragment. */
  readonly url: string;
  /** The URLs that redirected to it, first one first. Empty without redirects. */
  readonly redirects: readonly string[];
  /** HTTP status code. */
  readonly status: number;
  /** Response headers under lower-case names; a list where the header came more than once. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Decoded body (gzip, deflate, br, zstd undone). Treat it as read-only; on Node it is a Buffer. */
  readonly body: Uint8Array;
  /** Bytes of the body as they came over the wire. */
  readonly encodedBytes: number;
  /** What `sink` made of the body, which is empty here; absent without a sink. */
  readonly sunk?: unknown;
  /** The body as text: by its byte-order mark, the charset of Content-Type, `<meta>` in HTML, else UTF-8. */
  text(): string;
  /**
   * The body parsed as JSON.
   * @throws SyntaxError when it is none
   */
  json<T = unknown>(): T;
}
