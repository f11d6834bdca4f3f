import { concatMap, defer, EMPTY, of, throwError, type Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import type { AttemptContext, ObservedTransport, Transport } from '../transports/transport.js';
import { page } from './pages.js';
import { failure } from './records.js';
import type { ColdObservable, TestScheduler } from './rxjs-testing.js';

/** What happens at a URL: a diagram for every attempt, or one for each in turn. */
export type Route = string | readonly string[];

/** One line of a transport's log. */
export interface Asked {
  /** When it was asked, in frames of virtual time: ms. */
  readonly frame: number;
  /** What it was asked for. */
  readonly url: string;
  /** Number of the attempt at that URL, from 1. */
  readonly attempt: number;
}

/** What a transport is asked for, as diagrams have it: a page, an error, or a phase of the attempt. */
type Step = Page | Error | Phase;
type Phase = 'connect' | 'headers' | 'body';

/** A Transport drawn in marbles. */
export interface MarbleTransport extends Transport {
  /** What it was asked, in order. */
  readonly log: readonly Asked[];
  /** What attempt number `attempt` (from 1) at a URL subscribes to, for `expectSubscriptions`. */
  attempt(url: string, attempt?: number): ColdObservable<unknown>;
  /** What it was asked and has no diagram for, in sentences. */
  readonly missing: readonly string[];
}

/** What letters stand for: a page that is the answer, or an error that the attempt breaks with. */
export type MarbleValues = Readonly<Record<string, Page | Error>>;

/**
 * A transport whose answers are diagrams. `p` is a page with status 200, a digit from 2 to 5 one with status
 * 200, 304, 404 or 503, any other letter what `values` says: a page, or an Error that the attempt breaks with.
 * `#` is `error`, usually a `network` failure. Where a diagram has `h` (connected, the request is written), `b` (the
 * head has arrived) or `c` (connects once more, for a redirect), the attempt is in the phases connect, headers and
 * body, as `timeout` counts them: in connect from its start.
 */
export function marbleTransport(
  scheduler: TestScheduler,
  routes: Readonly<Record<string, Route>>,
  values: MarbleValues = {},
  error: unknown = failure('network', { message: 'the connection was drawn to break' }).error,
): MarbleTransport {
  const log: Asked[] = [];
  const missing: string[] = [];
  const drawn = new Map(
    Object.entries(routes).map(([url, route]) => {
      const steps = { ...stepsOf(url), ...values };
      const diagrams = typeof route === 'string' ? [route] : route;
      return [url, diagrams.map((diagram) => new DrawnAttempt(scheduler, diagram, steps, error))] as const;
    }),
  );

  function attemptAt(url: string, attempt: number): DrawnAttempt | undefined {
    const attempts = drawn.get(url);
    return typeof routes[url] === 'string' ? attempts?.[0] : attempts?.[attempt - 1];
  }

  const transport: ObservedTransport = (request, context) => {
    const url = String(request.url);
    const attempt = log.filter((asked) => asked.url === url).length + 1;
    log.push({ frame: scheduler.frame, url, attempt });
    const known = attemptAt(url, attempt);
    if (known) return known.pages(context);
    const sentence = `No diagram is drawn for attempt ${attempt} at ${url}`;
    missing.push(sentence);
    return throwError(() => new Error(sentence));
  };
  return Object.assign(transport, {
    log,
    missing,
    attempt(url: string, attempt = 1) {
      const known = attemptAt(url, attempt);
      if (!known) throw new Error(`No diagram is drawn for attempt ${attempt} at ${url}`);
      return known.steps;
    },
  });
}

/** What the letters of a diagram stand for where nothing else is said. */
function stepsOf(url: string): Readonly<Record<string, Step>> {
  return {
    p: page(url),
    2: page(url),
    3: page(url, { status: 304 }),
    4: page(url, { status: 404 }),
    5: page(url, { status: 503 }),
    c: 'connect',
    h: 'headers',
    b: 'body',
  };
}

/** The diagram of one attempt. */
class DrawnAttempt {
  readonly steps: ColdObservable<Step>;
  /** The status of the page, where there is one. */
  private readonly status: number | undefined;
  private readonly hasPhases: boolean;

  constructor(
    scheduler: TestScheduler,
    diagram: string,
    letters: Readonly<Record<string, Step>>,
    error: unknown,
  ) {
    this.steps = scheduler.createColdObservable<Step>(diagram, letters, error);
    const drawn = this.steps.messages.map(({ notification }) =>
      notification.kind === 'N' ? (notification.value as Step) : undefined,
    );
    const answer = drawn.find(
      (step) => typeof step === 'object' && 'status' in step && !(step instanceof Error),
    );
    this.status = (answer as Page | undefined)?.status;
    this.hasPhases = drawn.some((step) => typeof step === 'string');
  }

  pages(attempt: AttemptContext | undefined): Observable<Page> {
    return defer(() => {
      if (this.hasPhases) attempt?.enter('connect');
      let responded = false;
      const respond = (): void => {
        if (!responded && this.status !== undefined) attempt?.responded(this.status);
        responded = true;
      };
      return this.steps.pipe(
        concatMap((step) => {
          if (step instanceof Error) return throwError(() => step);
          if (typeof step !== 'string') {
            respond();
            return of(step);
          }
          attempt?.enter(step);
          if (step === 'body') respond();
          return EMPTY;
        }),
      );
    });
  }
}
