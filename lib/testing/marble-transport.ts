import { throwError } from 'rxjs';
import type { ColdObservable, TestScheduler } from './rxjs-testing.js';
import { FetchError } from '../model/fetch-error.js';
import type { Page } from '../model/page.js';
import type { Transport } from '../transports/transport.js';
import { page } from './pages.js';

/** What happens at a URL: a diagram for every attempt, or one for each in turn. */
export type Route = string | readonly string[];

/** One line of a transport's log. */
export interface Asked {
  readonly frame: number;
  readonly url: string;
  /** From 1. */
  readonly attempt: number;
}

/** A Transport drawn in marbles. */
export interface MarbleTransport extends Transport {
  /** What it was asked, in order. */
  readonly log: readonly Asked[];
  /** What attempt number `attempt` (from 1) at a URL subscribes to, for `expectSubscriptions`. */
  attempt(url: string, attempt?: number): ColdObservable<Page>;
}

/** What letters stand for: pages, or errors for `#`. */
export type MarbleValues = Readonly<Record<string, Page>>;

/**
 * A transport whose answers are diagrams. `p` is a page with status 200, a digit from 2 to 5 one with status
 * 200, 304, 404 or 503, any other letter a page of `values`; `#` is a `network` failure.
 */
export function marbleTransport(
  scheduler: TestScheduler,
  routes: Readonly<Record<string, Route>>,
  values: MarbleValues = {},
  error: unknown = new FetchError('network', 'the connection was drawn to break', { retryable: true }),
): MarbleTransport {
  const log: Asked[] = [];
  const attempts = new Map<string, ColdObservable<Page>[]>();
  for (const [url, route] of Object.entries(routes)) {
    const known = {
      p: page(url),
      2: page(url),
      3: page(url, { status: 304 }),
      4: page(url, { status: 404 }),
      5: page(url, { status: 503 }),
      ...values,
    };
    const diagrams = typeof route === 'string' ? [route] : route;
    attempts.set(
      url,
      diagrams.map((diagram) => scheduler.createColdObservable(diagram, known, error)),
    );
  }

  function diagramFor(url: string, attempt: number): ColdObservable<Page> | undefined {
    const drawn = attempts.get(url);
    return typeof routes[url] === 'string' ? drawn?.[0] : drawn?.[attempt - 1];
  }

  const transport: Transport = (request) => {
    const url = String(request.url);
    const attempt = log.filter((asked) => asked.url === url).length + 1;
    log.push({ frame: scheduler.frame, url, attempt });
    return (
      diagramFor(url, attempt) ??
      throwError(() => new Error(`No diagram is drawn for attempt ${attempt} at ${url}`))
    );
  };
  return Object.assign(transport, {
    log,
    attempt(url: string, attempt = 1) {
      const drawn = diagramFor(url, attempt);
      if (!drawn) throw new Error(`No diagram is drawn for attempt ${attempt} at ${url}`);
      return drawn;
    },
  });
}
