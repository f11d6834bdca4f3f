import type { Observable } from 'rxjs';
import { adaptiveConcurrency } from '../pipeline/adaptive-concurrency.js';

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /** Attempts it begins with and never goes below, from 1 up. @default 1 */
  readonly min?: number;
  /** Attempts it never goes above, from `min` up. @default 256 */
  readonly max?: number;
}

/**
 * A concurrency that finds its own height: for the option `concurrency`.
 *
 * ```
 * adaptive({ min: 4 })  4-5678…64--44-45-46-47-48-41-…    at a server that can do 40 at once
 * ```
 *
 * It doubles each round trip until the first sign of overload, then adds one each round trip while latency holds;
 * 429, 503, time-outs and rising latency make it fall to a part. A burst of bad signs counts once. Each pipeline or
 * fetcher finds a height of its own.
 *
 * @throws TypeError for a wrong option, when called
 * @see RFC 5681, TCP's congestion control
 * @example
 * fetchFrom(urls, { concurrency: adaptive({ min: 4, max: 100 }) })
 *   .pipe(toBatch())
 *   .subscribe((batch) => console.log(batch.length));
 */
export function adaptive({ min = 1, max = 256 }: AdaptiveOptions = {}): Observable<number> {
  if (!Number.isInteger(min) || min < 1) {
    throw new TypeError(`adaptive: expected \`min\` to be an integer from 1 up, got \`${String(min)}\``);
  }
  if (!Number.isInteger(max) || max < min) {
    throw new TypeError(
      `adaptive: expected \`max\` to be an integer from \`min\` (${min}) up, got \`${String(max)}\``,
    );
  }
  return adaptiveConcurrency({ min, max });
}
