import { Observable, of, share, tap } from 'rxjs';
import type { Page } from '../model/page.js';
import { methodOf, type FetchRequest } from '../model/request.js';
import type { ObservedInterceptor } from './interceptor.js';

/** Options of {@link coalesce}. */
export interface CoalesceOptions {
  /** Most pages kept after they were fetched, to answer later duplicates; 0 keeps none. @default 0 */
  readonly dedupe?: number;
  /** What makes two requests the same. @default method, URL and headers */
  readonly key?: (request: FetchRequest) => string;
}

/**
 * Single-flight: while a GET or HEAD is under way, others for the same wait for its page instead of asking
 * again. A duplicate holds no slot while it waits, and gets its own record.
 *
 * ```
 * first    a  ----(p|)       one fetch
 * second   a   ---(p|)       waits for it, without a slot
 * other    b   --(p|)        has the slot that the second gave back
 * ```
 *
 * One instance remembers for all pipelines it is given to. When the fetch fails, each fails, and retries on
 * its own terms.
 *
 * @throws TypeError for a wrong option, when called
 * @see https://pkg.go.dev/golang.org/x/sync/singleflight
 * @example
 * fetchFrom(urlsWithDuplicates, { interceptors: [coalesce({ dedupe: 1_000 })] });
 */
export function coalesce(options: CoalesceOptions = {}): ObservedInterceptor {
  const { dedupe = 0, key = keyOf } = options;
  if (!Number.isInteger(dedupe) || dedupe < 0) {
    throw new TypeError(
      `coalesce: expected \`dedupe\` to be an integer from 0 up, got \`${String(dedupe)}\``,
    );
  }
  const underWay = new Map<string, Observable<Page>>();
  const fetched = new Map<string, Page>();

  function keep(of: string, page: Page): void {
    if (dedupe === 0) return;
    fetched.set(of, page);
    for (const oldest of fetched.keys()) {
      if (fetched.size <= dedupe) return;
      fetched.delete(oldest);
    }
  }

  return (request, next, attempt) =>
    new Observable((subscriber) => {
      const method = methodOf(request);
      if ((method !== 'GET' && method !== 'HEAD') || request.body !== undefined) {
        return next(request).subscribe(subscriber);
      }
      const same = key(request);
      const known = fetched.get(same);
      if (known) return of(known).subscribe(subscriber);

      const flying = underWay.get(same);
      if (flying) {
        attempt?.park();
        return flying.subscribe(subscriber);
      }
      const landed = (): void => {
        if (underWay.get(same) === flight) underWay.delete(same);
      };
      const flight = next(request).pipe(
        tap({
          next: (page) => {
            landed(); // first: who comes while it is handed out would wait for a second page
            if (page.status >= 200 && page.status < 300) keep(same, page);
          },
          error: landed,
          complete: landed,
          finalize: landed,
        }),
        share(), // aborted when the last who waits for it leaves
      );
      underWay.set(same, flight);
      return flight.subscribe(subscriber);
    });
}

function keyOf(request: FetchRequest): string {
  const { url, headers } = request;
  const target = typeof url === 'string' && URL.canParse(url) ? new URL(url).href : String(url);
  const sorted = Object.entries(headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([methodOf(request), target.replace(/#.*$/, ''), sorted]);
}
