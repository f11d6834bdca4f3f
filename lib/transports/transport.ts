import type { Observable, SchedulerLike } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import type { Sink } from '../model/sink.js';
import type { Target } from '../model/target.js';

/**
 * Does one fetch: a cold Observable that emits one page, whatever its status, and completes, or errors.
 * Unsubscribing aborts it.
 *
 * ```
 * transport(request)  ---(p|)
 *                     ---#
 * ```
 *
 * A FetchError it errors with is the record's; the kind of any other error is told by its `code` or `name`.
 *
 * @example
 * import { page } from 'sluice/testing';
 *
 * const offline: Transport = ({ url }) => of(page(String(url), { body: 'hello' }));
 * fetchFrom(urls, { transport: offline }).subscribe((result) => console.log(result.ok));
 */
export type Transport = (request: FetchRequest) => Observable<Page>;

/**
 * Which fetches may reach addresses that are not of the public internet: `allow` lets all, `direct` lets what the
 * caller asks for itself but no redirect from a public address, `block` lets none.
 */
export type PrivateAddresses = 'allow' | 'direct' | 'block';

/** Where an attempt can be while its transport has it. */
export type TransportPhase = 'connect' | 'headers' | 'body';

/** What only the transport can keep to while bytes arrive. */
export interface TransportLimits {
  /** Most bytes of a body, on the wire and decoded. */
  readonly maxBodyBytes: number;
  /** Most redirects followed; 0 hands the redirect out as a page. */
  readonly maxRedirects: number;
  /** Where the bodies of accepted responses go, of requests that have no sink of their own. */
  readonly sink?: Sink | undefined;
  /** Which statuses are accepted; undefined: 200–299. */
  readonly acceptStatus?: ((status: number) => boolean) | undefined;
}

/** What the pipeline tells a transport of ours about an attempt, and hears from it. */
export interface AttemptContext {
  /** The request that `target` was parsed from: an interceptor may have passed on another. */
  readonly request: FetchRequest;
  readonly target: Target;
  readonly limits: TransportLimits;
  /** The attempt is now in this phase. */
  enter(phase: TransportPhase): void;
  /** Where the pipeline's time comes from. */
  readonly scheduler: SchedulerLike;
  /** The head of a response arrived, after all redirects. */
  responded(status: number, url: string): void;
  /**
   * The attempt only waits for what another fetches: it gives its slot back and goes on without. To fetch for
   * itself after all, it errors with {@link startOver}.
   */
  park(): void;
  /** Nothing more of its host starts for so many ms: a pause of the gate, as Retry-After brings about. */
  pause(ms: number): void;
  /** Whether the request may be sent once more; takes a retry from the host's budget. */
  mayRepeat(): boolean;
}

/** What an attempt errors with to go back to the gate, as if it had not been made. */
export const startOver: unique symbol = Symbol('start over');

/** A Transport that can also say how far an attempt is. One that takes the request alone fits as well. */
export type ObservedTransport = (request: FetchRequest, attempt?: AttemptContext) => Observable<Page>;

/** The bounds of a transport that is used without a pipeline, and the defaults of one. */
export const defaultTransportLimits: TransportLimits = { maxBodyBytes: 10 * 1024 * 1024, maxRedirects: 10 };
