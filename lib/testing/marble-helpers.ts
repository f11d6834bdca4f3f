import type { Observable } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import type { FetchResult } from '../model/result.js';
import type { ExpectedLanes } from './expected-events.js';
import type { ExpectedResults } from './expected-results.js';
import type { MarbleTransport, MarbleValues, Route } from './marble-transport.js';
import type { page } from './pages.js';
import type { failure, success } from './records.js';
import type { RunHelpers, TestScheduler } from './rxjs-testing.js';

/** What `expectResults` returns. */
export interface ResultsToBe {
  /**
   * A letter stands for the record of an input: `a` the first, `b` the second …; small where it is a success, a
   * capital where it is a failure. `expected` says more of a letter, or gives it another input. `#` is any error,
   * or `error`.
   *
   * @throws Error, after the test's virtual time is over, with both diagrams and the first difference
   */
  toBe(diagram: string, expected?: ExpectedResults, error?: unknown): void;
}

/** What `expectEvents` returns. */
export interface EventsToBe {
  /**
   * A lane for each input, by its letter.
   *
   * @throws Error, after the test's virtual time is over, with both lanes and the first difference
   */
  toBe(lanes: ExpectedLanes): void;
}

/** RxJS's helpers and sluice's. */
export interface MarbleHelpers extends RunHelpers {
  /** Where virtual time comes from. */
  readonly scheduler: TestScheduler;
  /**
   * A transport whose answers are diagrams, one an attempt.
   *
   * @param values what letters stand for: a page, or an Error that the attempt breaks with
   * @param error what `#` stands for @default a failure of kind `network`
   */
  transport(routes: Readonly<Record<string, Route>>, values?: MarbleValues, error?: unknown): MarbleTransport;
  /** Makes a page without a fetch. */
  readonly page: typeof page;
  /** Makes a record of success without a fetch. */
  readonly success: typeof success;
  /** Makes a record of failure without a fetch. */
  readonly failure: typeof failure;
  /** Aborts at the `!` of a diagram: for `signal` and `drain`. */
  abortSignal(diagram: string): AbortSignal;
  /** Compares records by when they come, which input they are of, and what else `toBe` says. */
  expectResults<T, C>(results$: Observable<FetchResult<T, C>>, unsubscription?: string): ResultsToBe;
  /**
   * Compares what happened to each input. Give the pipeline a Subject as `events`, and this the same one before
   * anything is subscribed to.
   */
  expectEvents(events$: Observable<FetchEvent>): EventsToBe;
}
