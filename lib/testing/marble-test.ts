import type { Observable, Subscription } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import type { FetchResult } from '../model/result.js';
import { nodeDeepEqual, type AssertDeepEqual } from './assert-deep-equal.js';
import { laneComplaint, lanesOf, type ExpectedLanes } from './expected-events.js';
import {
  ExpectedNotices,
  reasonOf,
  summaryOf,
  type Equal,
  type ExpectedResults,
  type Notice,
} from './expected-results.js';
import type { EventsToBe, MarbleHelpers, ResultsToBe } from './marble-helpers.js';
import { marbleTransport, type MarbleTransport } from './marble-transport.js';
import { page } from './pages.js';
import { failure, success } from './records.js';
import { checkDiagram, marksOf, TestScheduler, type RunHelpers } from './rxjs-testing.js';

/** What is looked at when the test's virtual time is over. */
interface Check {
  /** Made where the test said what it expects: a failure points there. */
  readonly site: Error;
  /** Undefined where all is well. */
  readonly complaint: () => string | undefined;
}

/** Where an expectation of RxJS's was said, once it was. */
interface Said {
  site: Error | undefined;
}

/** One test: its virtual time, and what is to be checked when that is over. */
export class MarbleTest {
  readonly scheduler: TestScheduler;
  private readonly transports: MarbleTransport[] = [];
  private readonly checks: Check[] = [];
  /** RxJS's own expectations, in the order in which it compares them. */
  private readonly theirs: Said[] = [];

  constructor(private readonly assertDeepEqual: AssertDeepEqual) {
    this.scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
      this.compareForRxJS(actual, expected);
    });
  }

  /** @throws Error of the first expectation that does not hold */
  run(body: (helpers: MarbleHelpers) => unknown): void {
    try {
      this.scheduler.run((helpers) => {
        const returned = body(this.helpers(helpers));
        if (!isThenable(returned)) return;
        returned.then(undefined, () => undefined); // what it says is not waited for either
        throw new TypeError('The body of marbles() is async: virtual time ends before any promise is kept');
      });
      this.check();
    } catch (error) {
      if (error instanceof Error) tell(error, [error.message, ...this.missing].join('\n  '));
      throw error;
    }
    const [missing] = this.missing;
    if (missing !== undefined) throw new Error(missing);
  }

  private helpers(rxjs: RunHelpers): MarbleHelpers {
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
        this.watched('expectObservable', rxjs.expectObservable(observable, unsubscription)),
      expectSubscriptions: (logs) => this.watched('expectSubscriptions', rxjs.expectSubscriptions(logs)),
      expectResults: (results$, unsubscription) => this.expectResults(results$, unsubscription),
      expectEvents: (events$) => this.expectEvents(events$),
    };
  }

  private get missing(): readonly string[] {
    return this.transports.flatMap(({ missing }) => missing);
  }

  private check(): void {
    for (const { site, complaint } of this.checks) {
      const sentence = complaint();
      if (sentence === undefined) continue;
      tell(site, sentence);
      throw site;
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
    let subscription: Subscription | undefined;
    let notRecords: unknown;
    const begin = Number.isFinite(subscribedFrame) ? subscribedFrame : 0;
    scheduler.schedule(() => {
      subscription = results$.subscribe({
        next: (result) => {
          try {
            const record = summaryOf(result);
            seen.push({ frame: scheduler.frame, kind: 'record', record, failed: reasonOf(result) });
          } catch (error) {
            notRecords ??= error;
          }
        },
        error: (error: unknown) => seen.push({ frame: scheduler.frame, kind: 'error', error }),
        complete: () => seen.push({ frame: scheduler.frame, kind: 'end' }),
      });
    }, begin);
    if (unsubscribedFrame < Infinity) {
      scheduler.schedule(() => subscription?.unsubscribe(), unsubscribedFrame);
    }

    return this.mustBe('expectResults', {
      toBe: (diagram: string, expected: ExpectedResults = {}, error?: unknown) => {
        checkDiagram(diagram, 'the argument of toBe');
        const drawn = new ExpectedNotices(marksOf(diagram), expected, error, this.equal);
        const complaint = (): string | undefined => {
          if (notRecords !== undefined) throw notRecords as Error;
          return drawn.complaint(seen);
        };
        this.checks.push({ site: new Error(), complaint });
      },
    });
  }

  private expectEvents(events$: Observable<FetchEvent>): EventsToBe {
    const seen: FetchEvent[] = [];
    events$.subscribe((event) => seen.push(event));
    return this.mustBe('expectEvents', {
      toBe: (expected: ExpectedLanes) => {
        const lanes = lanesOf(expected);
        this.checks.push({ site: new Error(), complaint: () => laneComplaint(seen, lanes) });
      },
    });
  }

  /** Complains of an expectation that was begun and never said what it expects: it would pass whatever happens. */
  private mustBe<Expectation extends object>(
    name: string,
    expectation: Expectation,
    said: Said = { site: undefined },
  ): Expectation {
    this.checks.push({
      site: new Error(),
      complaint: () =>
        said.site ? undefined : `${name}(…) was called without .toBe(…): it would pass whatever happens`,
    });
    return new Proxy(expectation, {
      get(target, property, receiver) {
        const say = Reflect.get(target, property, receiver) as unknown;
        if (typeof say !== 'function') return say;
        return (...what: unknown[]): unknown => {
          said.site = new Error();
          return Reflect.apply(say, target, what);
        };
      },
    });
  }

  /** An expectation of RxJS's, of which it is known where it was said. */
  private watched<Expectation extends object>(name: string, expectation: Expectation): Expectation {
    const said: Said = { site: undefined };
    this.theirs.push(said);
    return this.mustBe(name, expectation, said);
  }

  private compareForRxJS(actual: unknown, expected: unknown): void {
    const place = this.theirs.findIndex(({ site }) => site);
    const [said] = this.theirs.splice(place, 1);
    try {
      if (this.assertDeepEqual(actual, expected) === false) {
        nodeDeepEqual(actual, expected);
        throw new Error(
          'Node finds them equal, but the comparison that marbles() was given says that they differ',
        );
      }
    } catch (error) {
      if (error instanceof Error && said?.site)
        error.stack = `${error.name}: ${error.message}${framesOf(said.site)}`;
      throw error;
    }
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

function framesOf({ stack = '' }: Error): string {
  const start = stack.indexOf('\n    at ');
  return start === -1 ? '' : stack.slice(start);
}

/** Gives an error a message, in its stack as well. */
function tell(error: Error, message: string): void {
  if (error.message === message) return;
  const frames = framesOf(error); // before: some runners make the stack when it is first read
  error.message = message;
  error.stack = `${error.name}: ${message}${frames}`;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
