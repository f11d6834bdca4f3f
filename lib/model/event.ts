import type { FetchError } from './fetch-error.js';
import type { FetchRequest } from './request.js';
import type { FetchResult } from './result.js';

interface At {
  /** Position of the input in its source, from 0. */
  readonly index: number;
  /** Time on the pipeline's scheduler in ms. */
  readonly at: number;
}

/** The input was taken from its source. */
export interface PullEvent extends At {
  /** Tells it from the other events. */
  readonly type: 'pull';
  /** The request as the caller gave it; `{ url }` where the input was a string or a URL. */
  readonly request: FetchRequest;
}

/** An attempt was given a slot. */
export interface StartEvent extends At {
  /** Tells it from the other events. */
  readonly type: 'start';
  /** The request as the caller gave it. */
  readonly request: FetchRequest;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
}

/** The head of a response arrived, after all redirects. With a transport of your own there are none of these. */
export interface ResponseEvent extends At {
  /** Tells it from the other events. */
  readonly type: 'response';
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** HTTP status code, accepted or not. */
  readonly status: number;
  /**
   * When the request went out over an open connection: what lies between `start` and this are name look-up, connect
   * and TLS. With redirects, the first request. Time on the pipeline's scheduler in ms; absent where the transport does not say.
   */
  readonly sent?: number;
}

/** An attempt failed and the input went back to the gate. */
export interface WaitEvent extends At {
  /** Tells it from the other events. */
  readonly type: 'wait';
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Not started again before this time, on the pipeline's scheduler in ms. */
  readonly until: number;
  /** Why the attempt failed. */
  readonly error: FetchError;
}

/** The input has its record. */
export interface SettleEvent extends At {
  /** Tells it from the other events. */
  readonly type: 'settle';
  /** The record, as it is about to be emitted. */
  readonly result: FetchResult<unknown>;
}

/**
 * What happened to one input. Everything that looks on (progress, diagrams, reports) is a function of these.
 *
 * ```
 * one input  pull - start - response - wait ------- start - response - settle
 * ```
 *
 * @example
 * const line = (event: FetchEvent) => `${event.at} ${event.type} ${event.index}`;
 * fetchFrom(urls, { events: { next: (event) => console.log(line(event)) } }).subscribe();
 */
export type FetchEvent = PullEvent | StartEvent | ResponseEvent | WaitEvent | SettleEvent;
