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
  readonly type: 'pull';
  readonly request: FetchRequest;
}

/** An attempt was given a slot. */
export interface StartEvent extends At {
  readonly type: 'start';
  readonly request: FetchRequest;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
}

/** The head of a response arrived. */
export interface ResponseEvent extends At {
  readonly type: 'response';
  readonly attempt: number;
  readonly status: number;
}

/** An attempt failed and the input went back to the gate. */
export interface WaitEvent extends At {
  readonly type: 'wait';
  readonly attempt: number;
  /** Not started again before this time, on the pipeline's scheduler in ms. */
  readonly until: number;
  readonly error: FetchError;
}

/** The input has its record. */
export interface SettleEvent extends At {
  readonly type: 'settle';
  readonly result: FetchResult<unknown>;
}

/** What happened to one input. Everything that looks on (progress, diagrams, reports) is a function of these. */
export type FetchEvent = PullEvent | StartEvent | ResponseEvent | WaitEvent | SettleEvent;
