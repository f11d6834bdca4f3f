import type { Observable, Observer, SchedulerLike } from 'rxjs';
import type { CircuitOptions } from '../gate/circuit.js';
import type { Rate } from '../gate/sliding-window.js';
import type { Interceptor } from '../interceptors/interceptor.js';
import type { FetchEvent } from '../model/event.js';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import type { Sink } from '../model/sink.js';
import type { PrivateAddresses, Transport } from '../transports/transport.js';
import type { ProjectResult } from './project.js';
import type { RetryOptions } from './retry.js';

/** Longest times in ms, each a number above 0; Infinity means no limit. */
export interface TimeoutOptions {
  /** Until the request could be written to a connection: queueing in the transport, DNS, TCP, TLS. @default Infinity */
  readonly connect?: number;
  /** From there until the head of the response. @default Infinity */
  readonly headers?: number;
  /** From there until the end of the body. @default Infinity */
  readonly body?: number;
  /** Of one attempt, `project` included. @default 30_000 */
  readonly attempt?: number;
  /** From the pull to the record: queue, back-off and all attempts. @default Infinity */
  readonly total?: number;
}

/** Limits of each host: a slow one does not take every slot, and none is asked too often. */
export interface PerHostOptions {
  /** Most attempts under way at once at one host. @default Infinity */
  readonly concurrency?: number;
  /** Least time from one start to the next at one host in ms. @default 0 */
  readonly delay?: number;
  /** Most starts within a time at one host. @default none */
  readonly rate?: Rate;
  /** What makes requests share limits. @default the origin */
  readonly key?: (request: FetchRequest) => string;
}

/**
 * Options of every pipeline. A wrong value or an unknown name throws a TypeError where the operator is called.
 *
 * @example
 * const options: FetchOptions<string> = {
 *   concurrency: 8,
 *   perHost: { concurrency: 2, delay: 100 },
 *   timeout: { attempt: 5_000, total: 60_000 },
 *   retry: { limit: 3 },
 *   project: (page) => page.text(),
 * };
 * fetchFrom(urls, options).subscribe((result) => console.log(result.ok ? result.value : result.error.message));
 */
export interface FetchOptions<T = Page, C = unknown> {
  /** Most attempts under way at once. An Observable changes it while running; 0 pauses. @default 16 */
  readonly concurrency?: number | Observable<number>;
  /** Limits of each host. @default none */
  readonly perHost?: PerHostOptions;
  /** Most starts within a time, of all hosts together. Delays, never drops. @default none */
  readonly rate?: Rate;
  /** A circuit breaker for each host. @default false */
  readonly circuit?: false | Partial<CircuitOptions>;
  /** Most inputs pulled but not in flight: their host is busy, or a retry waits. @default 1_000 */
  readonly lookahead?: number;
  /** Longest times in ms; a number means `attempt`. @default 30_000 */
  readonly timeout?: number | TimeoutOptions;
  /** How failed attempts are repeated; a number means `limit`, `false` means not at all. @default 2 */
  readonly retry?: number | false | RetryOptions;
  /** Which statuses are a success; all others are failures of kind `http`. @default 200–299 */
  readonly acceptStatus?: (status: number) => boolean;
  /** Most bytes of a body, on the wire and decoded. @default 10 MiB */
  readonly maxBodyBytes?: number;
  /** Most redirects followed; 0 takes the redirect itself for the page. @default 10 */
  readonly maxRedirects?: number;
  /** Where the bodies of accepted responses go instead of into memory; `sluice/sinks` has some. @default none */
  readonly sink?: Sink;
  /**
   * Which fetches may reach addresses that are not public: `allow` all, `block` none, `direct` what you ask for yourself,
   * but no redirect from a public address. A transport of yours has its own.
   * @default 'direct'
   */
  readonly privateAddresses?: PrivateAddresses;
  /**
   * The page callback, run while the slot is held. Its result, or what that promise or Observable gives last, is the
   * record's `value`.
   * @default the page itself
   */
  readonly project?: (page: Page, request: FetchRequest<C>) => ProjectResult<T>;
  /** Wrapped around each attempt; the first is the outermost. @default none */
  readonly interceptors?: readonly Interceptor[];
  /** What does the fetch: undici on Node, `fetch` elsewhere. @default undici or fetch */
  readonly transport?: Transport;
  /**
   * Aborting gives every input that is under way a `cancelled` record, then completes; an answer that an async
   * iterator still owes is not waited for. Aborted before it begins, nothing is pulled.
   * @default none
   */
  readonly signal?: AbortSignal;
  /**
   * Aborting stops the pull; what was pulled finishes, what an async iterator was just asked for too, then it
   * completes.
   * @default none
   */
  readonly drain?: AbortSignal;
  /** Gets a FetchEvent for everything that happens; only its `next` is called. Costs nothing when absent. @default none */
  readonly events?: Partial<Observer<FetchEvent>>;
  /** Where time comes from, such as a TestScheduler. @default real time */
  readonly scheduler?: SchedulerLike;
  /** Where chance comes from: numbers from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** What a pipeline does with inputs that come faster than it fetches. */
export interface QueueBound {
  /** Most inputs that wait for a slot or their host; more become records of kind `overflow`. @default Infinity */
  readonly maxQueued?: number;
  /** Which input is given up when the queue is full; one that waits for a retry never is. @default 'drop-newest' */
  readonly overflow?: 'drop-newest' | 'drop-oldest';
}

/** Options of {@link fetchEach}. */
export interface FetchEachOptions<T = Page, C = unknown> extends FetchOptions<T, C>, QueueBound {}

/** Options of {@link mergeFrom}. */
export interface MergeOptions {
  /** Most inner Observables subscribed at once. An Observable changes it while running; 0 pauses. @default 16 */
  readonly concurrency?: number | Observable<number>;
}

/** Options of {@link inOrder}. */
export interface InOrderOptions {
  /** Most inputs that are pulled and not passed on, from 1 up. @default 1_000 */
  readonly window?: number;
}
