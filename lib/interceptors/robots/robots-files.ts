import {
  asyncScheduler,
  catchError,
  map,
  of,
  switchMap,
  throwError,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { toFetchError } from '../../model/failure-codes.js';
import type { FetchError } from '../../model/fetch-error.js';
import type { FetchRequest } from '../../model/request.js';
import { startOver, type AttemptContext, type Transport } from '../../transports/transport.js';
import { coalesce } from '../coalesce.js';
import type { ObservedInterceptor } from '../interceptor.js';
import type { RobotsOptions } from './options.js';
import { allowAll, rulesOf, type Rules } from './rules.js';
import { Site } from './site.js';

/** Of so many origins the rules are kept; the one that was read first is forgotten. */
const mostSites = 10_000;
/** A robots.txt that could not be had is asked for again after so many ms, then after four times that, and so on. */
const firstHold = 1_000;
const longestHold = 3_600_000;

/** Reads each origin's robots.txt once, and remembers what it says. */
export class RobotsFiles {
  private readonly sites = new Map<string, Site>();
  private readonly single: ObservedInterceptor = coalesce();

  constructor(private readonly options: Required<RobotsOptions>) {}

  /** What holds now. */
  at(origin: string, scheduler: SchedulerLike): Site | undefined {
    const site = this.sites.get(origin);
    return site && scheduler.now() < site.until ? site : undefined;
  }

  /**
   * Emits once it is known what an origin's robots.txt says. Who comes while another reads it gives its slot back, and
   * starts over when that has been read.
   */
  read(origin: string, next: Transport, attempt: AttemptContext | undefined): Observable<unknown> {
    const { userAgent } = this.options;
    const scheduler = attempt?.scheduler ?? asyncScheduler;
    let reads = false;
    const ask: Transport = (request) => {
      reads = true;
      return next(request);
    };
    const request: FetchRequest = { url: `${origin}/robots.txt`, headers: { 'user-agent': userAgent } };
    return this.single(request, ask, attempt).pipe(
      map((page) => rulesOf(page, origin, this.options)),
      catchError((error: unknown) => (error === startOver ? throwError(() => error) : of(verdictOn(error)))),
      switchMap((verdict) => {
        if (reads) this.remember(origin, verdict, scheduler.now());
        else if (attempt) return throwError(() => startOver);
        return of(undefined);
      }),
    );
  }

  private remember(origin: string, verdict: Rules | FetchError, now: number): void {
    const before = this.sites.get(origin);
    const failures = 'refusal' in verdict ? 0 : (before?.failures ?? 0) + 1;
    const hold = Math.min(firstHold * 4 ** (failures - 1), longestHold);
    const { ttl } = this.options;
    const until = now + (failures === 0 ? ttl : Math.min(hold, ttl));
    this.sites.delete(origin); // so that it becomes the newest
    this.sites.set(origin, new Site(origin, verdict, until, failures, before));
    for (const oldest of this.sites.keys()) {
      if (this.sites.size <= mostSites) return;
      this.sites.delete(oldest);
    }
  }
}

/** A chain of redirects that leads nowhere is as good as no robots.txt (RFC 9309 §2.3.1.2). */
function verdictOn(cause: unknown): Rules | FetchError {
  const error = toFetchError(cause, 'Reading it failed');
  return error.kind === 'redirect' ? allowAll : error;
}
