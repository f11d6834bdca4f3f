import { inspect, isDeepStrictEqual } from 'node:util';
import type { Observable, Subscription } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import type { FetchResult } from '../model/result.js';
import { laneComplaint, lanesOf, type ExpectedLanes } from './expected-events.js';
import {
  ExpectedNotices,
  summaryOf,
  type Equal,
  type ExpectedResults,
  type Notice,
} from './expected-results.js';
import { marbleTransport, type MarbleTransport, type MarbleValues, type Route } from './marble-transport.js';
import { page } from './pages.js';
import { failure, success } from './records.js';
import { marksOf, TestScheduler, type RunHelpers } from './rxjs-testing.js';

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

/** Throws, or returns false, when `actual` and `expected` differ. */
export type AssertDeepEqual = (actual: unknown, expected: unknown) => unknown;

/**
 * A test in virtual time, for any test runner: `it('…', marbles(({ transport, expectResults }) => { … }))`.
 *
 * @throws TypeError, when the test runs, for a body that is async: virtual time waits for no promise
 * @example
 * it('a waiting retry holds no slot', marbles(({ transport, expectResults }) => {
 *   const net = transport({ 'http://a/': ['-#', '-(p|)'], 'http://b/': '-(p|)' });
 *   const options = { transport: net, concurrency: 1, retry: { limit: 1, backoff: () => 5 } };
 *   expectResults(fetchFrom(['http://a/', 'http://b/'], options)).toBe('--b----(a|)');
 * }));
 */
export function marbles(body: (helpers: MarbleHelpers) => void): () => void;
/**
 * The same, with how your runner compares.
 *
 * @param assertDeepEqual your runner's, for its matchers and its own reports; Node's by default
 */
export function marbles(assertDeepEqual: AssertDeepEqual, body: (helpers: MarbleHelpers) => void): () => void;
export function marbles(
  first: AssertDeepEqual | ((helpers: MarbleHelpers) => void),
  second?: (helpers: MarbleHelpers) => void,
): () => void {
  const assertDeepEqual = second ? (first as AssertDeepEqual) : nodeDeepEqual;
  const body: (helpers: MarbleHelpers) => unknown = second ?? (first as (helpers: MarbleHelpers) => void);
  return () => {
    const test = new MarbleTest(assertDeepEqual);
    test.scheduler.run((helpers) => {
      const returned = body(test.helpers(helpers));
      if (returned instanceof Promise) {
        throw new TypeError('The body of marbles() is async: virtual time ends before any promise is kept');
      }
    });
    test.check();
  };
}

/** What is looked at when the test's virtual time is over. */
interface Check {
  /** Made where the test said what it expects: a failure points there. */
  readonly failure: Error;
  /** Undefined where all is well. */
  readonly complaint: () => string | undefined;
}

/** One test: its virtual time, and what is to be checked when that is over. */
class MarbleTest {
  readonly scheduler: TestScheduler;
  private readonly transports: MarbleTransport[] = [];
  private readonly checks: Check[] = [];

  constructor(private readonly assertDeepEqual: AssertDeepEqual) {
    this.scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
      if (assertDeepEqual(actual, expected) === false) nodeDeepEqual(actual, expected);
    });
  }

  helpers(rxjs: RunHelpers): MarbleHelpers {
    const { scheduler } = this;
    return {
      ...rxjs,
      scheduler,
      page,
      success,
      failure,
      transport: (routes, values, error) => {
        const transport = marbleTransport(scheduler, routes, values, error);
        this.transports.push(transport);
        return transport;
      },
      abortSignal: (diagram) => this.abortSignal(diagram),
      expectObservable: (observable, unsubscription) =>
        this.mustBe('expectObservable', rxjs.expectObservable(observable, unsubscription)),
      expectResults: (results$, unsubscription) => this.expectResults(results$, unsubscription),
      expectEvents: (events$) => this.expectEvents(events$),
    };
  }

  /** @throws Error of the first expectation that does not hold */
  check(): void {
    for (const { failure, complaint } of this.checks) {
      const sentence = complaint();
      if (sentence === undefined) continue;
      const { stack = '' } = failure;
      failure.message = [sentence, ...this.transports.flatMap(({ missing }) => missing)].join('\n  ');
      failure.stack = `Error: ${failure.message}${stack.slice(stack.indexOf('\n'))}`;
      throw failure;
    }
  }

  private expectResults<T, C>(
    results$: Observable<FetchResult<T, C>>,
    unsubscription: string | undefined,
  ): ResultsToBe {
    const seen: Notice[] = [];
    const { scheduler } = this;
    const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(
      unsubscription ?? '',
      true,
    );
    const begin = Number.isFinite(subscribedFrame) ? subscribedFrame : 0;
    let subscription: Subscription | undefined;
    scheduler.schedule(() => {
      subscription = results$.subscribe({
        next: (result) => seen.push({ frame: scheduler.frame, kind: 'record', record: summaryOf(result) }),
        error: (error: unknown) => seen.push({ frame: scheduler.frame, kind: 'error', error }),
        complete: () => seen.push({ frame: scheduler.frame, kind: 'end' }),
      });
    }, begin);
    if (unsubscribedFrame < Infinity) {
      scheduler.schedule(() => subscription?.unsubscribe(), unsubscribedFrame);
    }

    return this.mustBe('expectResults', {
      toBe: (diagram: string, expected: ExpectedResults = {}, error?: unknown) => {
        const drawn = new ExpectedNotices(marksOf(diagram), expected, error, this.equal);
        this.checks.push({ failure: new Error(), complaint: () => drawn.complaint(seen) });
      },
    });
  }

  private expectEvents(events$: Observable<FetchEvent>): EventsToBe {
    const seen: FetchEvent[] = [];
    events$.subscribe((event) => seen.push(event));
    return this.mustBe('expectEvents', {
      toBe: (expected: ExpectedLanes) => {
        const lanes = lanesOf(expected);
        this.checks.push({ failure: new Error(), complaint: () => laneComplaint(seen, lanes) });
      },
    });
  }

  /** Complains of an expectation that was begun and never said what it expects: it would pass whatever happens. */
  private mustBe<Expectation extends object>(name: string, expectation: Expectation): Expectation {
    let said = false;
    this.checks.push({
      failure: new Error(),
      complaint: () =>
        said ? undefined : `${name}(…) was called without .toBe(…): it would pass whatever happens`,
    });
    return new Proxy(expectation, {
      get(target, property, receiver) {
        said = true;
        return Reflect.get(target, property, receiver) as unknown;
      },
    });
  }

  private abortSignal(diagram: string): AbortSignal {
    const controller = new AbortController();
    const { unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(diagram, true);
    if (unsubscribedFrame === 0) controller.abort();
    else if (unsubscribedFrame < Infinity) {
      this.scheduler.schedule(() => {
        controller.abort();
      }, unsubscribedFrame);
    }
    return controller.signal;
  }

  private readonly equal: Equal = (actual, expected) => {
    try {
      return this.assertDeepEqual(actual, expected) !== false;
    } catch {
      return false;
    }
  };
}

function nodeDeepEqual(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const show = (value: unknown): string => inspect(value, { depth: 6, sorted: true });
  throw new Error(`Expected\n${show(expected)}\ngot\n${show(actual)}`);
}
