import { asyncScheduler, Observable, Subscription, timer } from 'rxjs';
import type { Page } from '../model/page.js';
import { isIdempotent } from '../model/request.js';
import type { Interceptor, ObservedInterceptor } from './interceptor.js';

/** Options of {@link hedge}. */
export interface HedgeOptions {
  /** When the second attempt starts: after so many ms, or after the time in which a share of the answers came. */
  readonly after:
    | number
    | {
        /** In percent, above 0 and below 100. Of the latest 128 answers; before 10 have come nothing is hedged. */
        readonly percentile: number;
      };
}

/** Answers that a percentile is taken from. */
const remembered = 128;
/** A timer of so many ms, or more, goes off at once. */
const timerLimit = 2 ** 31;
/** Below so many a percentile is a guess, and nothing is hedged. */
const enough = 10;

/**
 * A second attempt when the first is slow: the first answer wins, the other attempt is aborted.
 *
 * ```
 * first    -----!        after: 3
 * second      --(p|)
 * page     -----(p|)
 * ```
 *
 * For idempotent methods only. It takes no second slot, but a retry from the host's budget; when that is
 * spent, the first attempt stays alone. If one attempt fails, the other is waited for.
 *
 * @throws TypeError for a wrong option, when called
 * @see https://research.google/pubs/the-tail-at-scale/
 * @example
 * fetchFrom(urls, { interceptors: [hedge({ after: { percentile: 95 } })] }).subscribe((result) => {
 *   console.log(result.index, result.duration);
 * });
 */
export function hedge(options: HedgeOptions): Interceptor {
  const { after, percentile = 0 } = delayOf(options);
  const latencies: number[] = [];
  let answers = 0;

  function delay(): number | undefined {
    if (after !== undefined) return after;
    if (latencies.length < enough) return undefined;
    const sorted = [...latencies].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percentile) / 100))];
  }

  const hedged: ObservedInterceptor = (request, next, attempt) => {
    const wait = isIdempotent(request) ? delay() : undefined;
    if (wait === undefined && after !== undefined) return next(request);
    const scheduler = attempt?.scheduler ?? asyncScheduler;

    return new Observable<Page>((subscriber) => {
      const startedAt = scheduler.now();
      const attempts = new Subscription();
      let running = 0;
      let firstError: { readonly error: unknown } | undefined;

      const ended = (): void => {
        if (--running > 0) return; // the other may still answer
        if (firstError) subscriber.error(firstError.error);
        else subscriber.complete();
      };
      const ask = (): void => {
        running++;
        attempts.add(
          next(request).subscribe({
            next: (page) => {
              latencies[answers++ % remembered] = scheduler.now() - startedAt;
              subscriber.next(page);
              subscriber.complete();
            },
            error: (error: unknown) => {
              firstError ??= { error };
              ended();
            },
            complete: ended, // without a page, or its subscription would be over
          }),
        );
      };
      subscriber.add(attempts);
      ask();
      if (wait !== undefined && wait < timerLimit && !subscriber.closed) {
        attempts.add(
          timer(wait, scheduler).subscribe(() => {
            if (attempt?.mayRepeat() ?? true) ask();
          }),
        );
      }
    });
  };
  return hedged;
}

/** @throws TypeError when it is neither a time nor a percentile */
function delayOf(options: Partial<HedgeOptions> | undefined): {
  readonly after?: number;
  readonly percentile?: number;
} {
  const after: unknown = options?.after;
  if (typeof after === 'number' && after >= 0) return { after };
  const percentile: unknown =
    Object(after) === after ? (after as { percentile?: unknown }).percentile : undefined;
  if (typeof percentile === 'number' && percentile > 0 && percentile < 100) return { percentile };
  const given = Object(after) === after ? `{ percentile: ${JSON.stringify(percentile)} }` : String(after);
  throw new TypeError(
    `hedge: expected \`after\` to be ms from 0 up or { percentile } between 0 and 100, got \`${given}\``,
  );
}
