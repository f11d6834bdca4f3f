import type { FailureKind, FetchError, Phase } from '../../model/fetch-error.js';
import type { FetchResult } from '../../model/result.js';
import type { Timing, Try } from './timings.js';

/** Why a record has no value, as plain data. */
export interface RecordError {
  /** As {@link FetchError.kind}. */
  readonly kind: FailureKind;
  /** As {@link FetchError.message}. */
  readonly message: string;
  /** As {@link FetchError.code}. */
  readonly code?: string;
  /** As {@link FetchError.phase}. */
  readonly phase?: Phase;
  /** As {@link FetchError.status}. */
  readonly status?: number;
  /** As {@link FetchError.retryAfter}, in ms. */
  readonly retryAfter?: number;
}

/** What a record says of its request. Its headers and its body stay out: they may be secret, or large. */
export interface RequestSummary {
  /** As the caller gave it. */
  readonly url: string;
  /** HTTP method, where the caller gave one. */
  readonly method?: string;
  /** The caller's own. */
  readonly context?: unknown;
}

/** A record as one line of NDJSON: plain data, version 1 of its schema. Absent means unknown, or not so. */
export interface RecordLine {
  /** Version of the schema. It grows when a field changes its meaning; new fields may come without. */
  readonly v: 1;
  /** Position of the input in its source, from 0. */
  readonly index: number;
  /** The file that the input came from, where there were several. */
  readonly input?: string;
  /** Line of the input file, from 1. */
  readonly line?: number;
  /** Whether there is a page; `error` says why not. */
  readonly ok: boolean;
  /** What was asked for. */
  readonly request: RequestSummary;
  /** Final URL, after redirects; also where a failure came after the head of a response. */
  readonly url?: string;
  /** The URLs that redirected to it, first one first. */
  readonly redirects?: readonly string[];
  /** HTTP status code, accepted or not; also where a failure came after the head of a response. */
  readonly status?: number;
  /** Bytes of the body, decoded. */
  readonly bytes?: number;
  /** Bytes of the body as they came over the wire. */
  readonly wireBytes?: number;
  /** How many attempts were started; 0 where none was. */
  readonly attempts: number;
  /** Time at the gate in ms: in the queue and between retries. */
  readonly waited: number;
  /** Time from the first attempt's start to settling in ms. */
  readonly duration: number;
  /** When the input was taken from its source: ms since 1970, on the pipeline's scheduler. */
  readonly pulled?: number;
  /** When it had its record: ms since `pulled`. */
  readonly settled?: number;
  /** Its attempts; their times are ms since `pulled`. */
  readonly tries?: readonly Try[];
  /** Why there is no page. */
  readonly error?: RecordError;
  /** The file that the body went to. */
  readonly file?: string;
  /** The body, as `bodyEncoding` says. */
  readonly body?: string;
  /** How `body` is written. */
  readonly bodyEncoding?: 'base64' | 'text';
}

/** What a line is to say besides what every record knows. */
export interface RecordLineOptions {
  /** How the body is written; of error pages too. @default 'none' */
  readonly body?: 'base64' | 'text' | 'none';
  /** When things happened, from {@link timings}. @default none */
  readonly timing?: Timing | undefined;
  /** Line of the input file, from 1. @default none */
  readonly line?: number | undefined;
  /** The file that the input came from. @default none */
  readonly input?: string | undefined;
}

/** What is told of a page, whatever value it has become. */
interface PageLike {
  readonly url: string;
  readonly redirects: readonly string[];
  readonly status: number;
  readonly body: Uint8Array;
  readonly encodedBytes: number;
  readonly sunk?: unknown;
  text(): string;
}

/**
 * The line of a record. A value that is no page (of a `project`, of `mapSuccess`) adds nothing to it.
 *
 * @example
 * import { recordLine } from 'sluice/report';
 *
 * fetchFrom(urls).subscribe((result) => console.log(JSON.stringify(recordLine(result))));
 */
export function recordLine(result: FetchResult<unknown>, options: RecordLineOptions = {}): RecordLine {
  const { index, ok, request, attempts, waited, duration } = result;
  const { timing, input, line, body = 'none' } = options;
  const { url, method, context } = request;
  const page = ok ? result.value : result.error.page;
  return {
    v: 1,
    index,
    ...(input !== undefined && { input }),
    ...(line !== undefined && { line }),
    ok,
    request: {
      url: String(url),
      ...(method !== undefined && { method }),
      ...(context !== undefined && { context }),
    },
    ...(isPage(page) && pagePart(page, body)),
    ...(!ok && errorPart(result.error)),
    attempts,
    waited: Math.round(waited),
    duration: Math.round(duration),
    ...timing,
  };
}

/** What is counted of a record: a line has it, and a result that no line is made of. */
export interface Outcome {
  readonly ok: boolean;
  readonly request: { readonly url: string | URL };
  readonly status?: number | undefined;
  readonly bytes?: number | undefined;
  readonly wireBytes?: number | undefined;
  readonly attempts: number;
  readonly duration: number;
  readonly error?: RecordError | undefined;
}

/** As its line would say it, at a fifth of the cost. */
export function outcomeOf(result: FetchResult<unknown>): Outcome {
  const { ok, request, attempts, duration } = result;
  const error = ok ? undefined : result.error;
  const value = ok ? result.value : result.error.page;
  const page = isPage(value) ? value : undefined;
  return {
    ok,
    request,
    status: error?.status ?? page?.status ?? error?.response?.status,
    bytes: page && sizeOf(page),
    wireBytes: page?.encodedBytes,
    attempts,
    duration,
    error,
  };
}

function sizeOf({ sunk, body }: PageLike): number {
  return bytesOf(sunk) ?? body.length;
}

function pagePart(page: PageLike, body: 'base64' | 'text' | 'none'): Partial<RecordLine> {
  const { url, redirects, status, sunk } = page;
  return {
    url,
    ...(redirects.length > 0 && { redirects }),
    status,
    bytes: sizeOf(page),
    wireBytes: page.encodedBytes,
    ...(isFile(sunk) && { file: sunk.path }),
    ...(body === 'text' && { body: page.text(), bodyEncoding: body }),
    ...(body === 'base64' && { body: Buffer.from(page.body).toString('base64'), bodyEncoding: body }),
  };
}

function errorPart(error: FetchError): Partial<RecordLine> {
  const { kind, message, code, phase, status, retryAfter, response } = error;
  return {
    ...response,
    ...(status !== undefined && { status }),
    error: {
      kind,
      message,
      ...(code !== undefined && { code }),
      ...(phase !== undefined && { phase }),
      ...(status !== undefined && { status }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  };
}

function isPage(value: unknown): value is PageLike {
  if (typeof value !== 'object' || value === null) return false;
  const { status, url, body } = value as Partial<PageLike>;
  return typeof status === 'number' && typeof url === 'string' && body instanceof Uint8Array;
}

/** What the sinks of `sluice/sinks` say of a body. */
interface SunkLike {
  readonly bytes: number;
  readonly path: string;
}

function bytesOf(sunk: unknown): number | undefined {
  const bytes = (sunk as Partial<SunkLike> | undefined)?.bytes;
  return typeof bytes === 'number' ? bytes : undefined;
}

function isFile(sunk: unknown): sunk is SunkLike {
  return typeof (sunk as Partial<SunkLike> | undefined)?.path === 'string';
}
