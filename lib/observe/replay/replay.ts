import type { Page } from '../../model/page.js';
import type { FetchOptions, QueueBound } from '../../pipeline/options.js';
import type { Code } from './code.js';

/** What an attempt meets. */
export interface Answer {
  /** Position of its input. */
  readonly index: number;
  /** ms from its start. */
  readonly after: number;
  /** Longest `after` that the attempt's timeout allows. */
  readonly most: number;
  /** As a route has it: `p`, a digit, `#`, a letter of `letters`, or `-` for never. */
  readonly letter: string;
}

/** An input as it is written down. */
export interface ReplayInput {
  readonly url: string;
  readonly method?: string;
  readonly timeout?: number;
}

/** What a letter of a route stands for, and how that is written. */
export interface Meaning {
  readonly value: Page | Error;
  readonly code: Code;
}

/** Everything that a test needs to make a run happen again. */
export interface Replay {
  readonly inputs: readonly ReplayInput[];
  /** When each input comes, in ms; undefined: when it is pulled. */
  readonly arrivals: readonly number[] | undefined;
  /** By URL, in order of asking. */
  readonly routes: ReadonlyMap<string, readonly Answer[]>;
  readonly letters: ReadonlyMap<string, Meaning>;
  /** ms of the back-offs, in order of failing. */
  readonly waits: readonly number[];
  /** When the signal aborts, in ms. */
  readonly abortAt: number | undefined;
  /** Without transport, backoff, signal. */
  readonly options: FetchOptions & QueueBound;
}
