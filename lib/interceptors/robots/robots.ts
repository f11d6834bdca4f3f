import { asyncScheduler, catchError, defer, switchMap, throwError, timer, type Observable } from 'rxjs';
import type { Page } from '../../model/page.js';
import { isIdempotent, type FetchRequest } from '../../model/request.js';
import { parseTarget, type Target } from '../../model/target.js';
import { watched } from '../../transports/hop-watch.js';
import { startOver, type AttemptContext, type Transport } from '../../transports/transport.js';
import type { Interceptor, ObservedInterceptor } from '../interceptor.js';
import { checkRobotsOptions, type RobotsOptions } from './options.js';
import { blocked } from './refusal.js';
import { RobotsFiles } from './robots-files.js';

/** One attempt reads the robots.txt of so many origins that redirects lead it to, and of no more. */
const mostOrigins = 5;

/**
 * Asks for nothing that the robots.txt of its origin keeps the agent out of (RFC 9309), and keeps its Crawl-delay.
 *
 * ```
 * /robots.txt  --(p|)            once for each origin, by the first who comes
 * /a             --(p|)          who waits for it holds no slot
 * /private       #               blocked: the message names the line
 * /b             d----(p|)       d: the Crawl-delay pauses the host at the gate
 * ```
 *
 * Where there is none (404, any 4xx, more than five redirects), everything may be asked for; where it cannot be had
 * (5xx, no connection), nothing: such a failure says in `retryAfter` when robots.txt is asked for again. Each hop of a
 * redirect is judged, the robots.txt of another origin read first (for idempotent methods; by the transport of Node:
 * others show no hops). One instance remembers for all pipelines that it is given to.
 *
 * @throws TypeError for a wrong option, when called
 * @returns an Interceptor whose attempts fail with kind `blocked`
 * @see https://www.rfc-editor.org/rfc/rfc9309
 * @example
 * const polite = robots({ userAgent: 'ExampleBot/1.0 (+https://example.org/bot)' });
 * fetchFrom(urls, { interceptors: [polite] }).subscribe((result) => console.log(result.index, result.ok));
 */
export function robots(options: RobotsOptions): Interceptor {
  const files = new RobotsFiles(checkRobotsOptions(options));

  /** @param originsLeft of so many origins the robots.txt may be read on the way */
  function judged(
    request: FetchRequest,
    next: Transport,
    attempt: AttemptContext | undefined,
    originsLeft: number,
  ): Observable<Page> {
    const scheduler = attempt?.scheduler ?? asyncScheduler;
    const target = parseTarget(request.url);
    if (isExempt(target)) return next(request);

    const site = files.at(target.origin, scheduler);
    if (!site) {
      return files
        .read(target.origin, next, attempt)
        .pipe(switchMap(() => judged(request, next, attempt, originsLeft)));
    }
    site.refuse(request, target.href, scheduler);
    const now = scheduler.now();
    const wait = Math.max(0, site.nextStart - now);
    if (attempt && wait > 0) return backToTheGate(attempt, wait);
    site.nextStart = now + wait + site.crawlDelay;
    if (site.crawlDelay > 0) attempt?.pause(site.crawlDelay);

    let unread: string | undefined;
    const asked = watched(request, (_from, _answer, to) => {
      const hop = parseTarget(to);
      if (isExempt(hop)) return undefined;
      const there = files.at(hop.origin, scheduler);
      if (there) there.refuse(request, hop.href, scheduler);
      else if (isIdempotent(request)) {
        unread = hop.origin;
        throw blocked(request, `it leads to more than ${mostOrigins} origins, one after the other`);
      }
      return undefined;
    });
    const pages = defer(() => next(asked)).pipe(
      catchError((error: unknown) => {
        if (unread === undefined || originsLeft === 0) return throwError(() => error);
        return files
          .read(unread, next, attempt)
          .pipe(switchMap(() => judged(request, next, attempt, originsLeft - 1)));
      }),
    );
    return wait > 0 ? timer(wait, scheduler).pipe(switchMap(() => pages)) : pages;
  }

  const intercept: ObservedInterceptor = (request, next, attempt) =>
    defer(() => judged(request, next, attempt, mostOrigins));
  return intercept;
}

/** RFC 9309 §2.2.2: /robots.txt itself may always be asked for. */
function isExempt({ path }: Target): boolean {
  return path === '/robots.txt';
}

/** As if the attempt had not been made. Parked first: an attempt without a slot tells nothing of the load. */
function backToTheGate(attempt: AttemptContext, wait: number): Observable<never> {
  attempt.pause(wait);
  attempt.park();
  return throwError(() => startOver);
}
