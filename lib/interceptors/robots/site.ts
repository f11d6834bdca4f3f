import type { SchedulerLike } from 'rxjs';
import type { FetchError } from '../../model/fetch-error.js';
import type { FetchRequest } from '../../model/request.js';
import { blocked } from './refusal.js';
import type { Rules } from './rules.js';

/** What is known of one origin. */
export class Site {
  /** When the next request may start. */
  nextStart = -Infinity;

  constructor(
    readonly origin: string,
    /** What its robots.txt says, or why it could not be had. */
    private readonly verdict: Rules | FetchError,
    /** Until when that holds. */
    readonly until: number,
    /** How often in a row it could not be had. */
    readonly failures: number,
    before: Site | undefined,
  ) {
    if (before) this.nextStart = before.nextStart;
  }

  /** Least time from one request to the next, in ms. */
  get crawlDelay(): number {
    return 'refusal' in this.verdict ? this.verdict.crawlDelay : 0;
  }

  /** @throws FetchError of kind `blocked` where a URL may not be asked for */
  refuse(request: FetchRequest, href: string, scheduler: SchedulerLike): void {
    const { verdict } = this;
    if ('refusal' in verdict) {
      const why = verdict.refusal(href);
      if (why !== undefined) throw blocked(request, why);
      return;
    }
    const { message, retryable } = verdict;
    throw blocked(request, `${this.origin}/robots.txt could not be had, so nothing may be: ${message}`, {
      retryable,
      retryAfter: this.until - scheduler.now(),
      cause: verdict,
    });
  }
}
