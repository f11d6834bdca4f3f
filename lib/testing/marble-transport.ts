import { concatMap, defer, EMPTY, of, throwError, type Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import { parseTarget } from '../model/target.js';
import type { AttemptContext, ObservedTransport, Transport } from '../transports/transport.js';
import { received } from '../pipeline/option-rules.js';
import { page } from './pages.js';
import { failure } from './records.js';
import { checkDiagram, marksOf, type ColdObservable, type TestScheduler } from './rxjs-testing.js';

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
  /**
   * What attempt number `attempt` (from 1) at a URL subscribes to, for `expectSubscriptions`. Where one diagram is drawn
   * for all attempts, that is one and the same for all of them.
   */
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
  const asked = new Map<string, number>();
  const drawn = new Map(
    Object.entries(routes).map(([url, route]) => {
      const steps = { ...stepsOf(url), ...checked(values) };
      const diagrams = typeof route === 'string' ? [route] : route;
      const attempts = diagrams.map((diagram) => new DrawnAttempt(scheduler, url, diagram, steps, error));
      return [plain(url), { attempts, isForAll: typeof route === 'string' }] as const;
    }),
  );

  function attemptAt(url: string, attempt: number): DrawnAttempt | undefined {
    const route = drawn.get(plain(url));
    return route?.attempts[route.isForAll ? 0 : attempt - 1];
  }

  const transport: ObservedTransport = (request, context) =>
    defer(() => {
      const url = String(request.url);
      const attempt = (asked.get(plain(url)) ?? 0) + 1;
      asked.set(plain(url), attempt);
      log.push({ frame: scheduler.frame, url, attempt });
      const known = attemptAt(url, attempt);
      if (known) return known.pages(context);
      const sentence = notDrawn(url, attempt);
      missing.push(sentence);
      return throwError(() => new Error(sentence));
    });
  return Object.assign(transport, {
    log,
    missing,
    attempt(url: string, attempt = 1) {
      const known = attemptAt(url, attempt);
      if (!known) throw new Error(notDrawn(url, attempt));
      return known.steps;
    },
  });
}

/** A URL as it is asked for, without credentials and fragment. */
function plain(url: string): string {
  try {
    return parseTarget(url).href;
  } catch {
    return url; // not http: a transport of the caller's may take it
  }
}

const notDrawn = (url: string, attempt: number): string =>
  `No diagram is drawn for attempt ${attempt} at ${url}`;

function checked(values: MarbleValues): MarbleValues {
  for (const [letter, value] of Object.entries<unknown>(values)) {
    if (value instanceof Error || (typeof value === 'object' && value !== null && 'status' in value))
      continue;
    const hint = typeof value === 'object' && value !== null && 'error' in value ? ': give its `error`' : '';
    throw new TypeError(
      `transport: expected \`${letter}\` to stand for a page or an Error, got ${received(value)}${hint}`,
    );
  }
  return values;
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
  /** The page, where there is one. */
  private readonly answer: Page | undefined;
  private readonly hasPhases: boolean;

  constructor(
    scheduler: TestScheduler,
    url: string,
    diagram: string,
    letters: Readonly<Record<string, Step>>,
    error: unknown,
  ) {
    checkDiagram(diagram, `the route of ${url}`);
    this.steps = scheduler.createColdObservable<Step>(diagram, letters, error);
    for (const mark of marksOf(diagram).map((one) => one.mark)) {
      if (mark === '|' || mark === '#' || mark in letters) continue;
      throw new TypeError(
        `\`${mark}\` in \`${diagram}\`, the route of ${url}, stands for nothing: say in the second argument of transport() what it is`,
      );
    }
    const drawn = this.steps.messages.map(({ notification }) =>
      notification.kind === 'N' ? (notification.value as Step) : undefined,
    );
    this.answer = drawn.find(
      (step) => typeof step === 'object' && 'status' in step && !(step instanceof Error),
    ) as Page | undefined;
    this.hasPhases = drawn.some((step) => typeof step === 'string');
  }

  pages(attempt: AttemptContext | undefined): Observable<Page> {
    return defer(() => {
      if (this.hasPhases) attempt?.enter('connect');
      let responded = false;
      const respond = (): void => {
        if (!responded && this.answer) attempt?.responded(this.answer.status, this.answer.url);
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
