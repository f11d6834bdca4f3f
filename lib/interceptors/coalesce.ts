import { catchError, Observable, of, Subject, tap, throwError } from 'rxjs';
import type { Page } from '../model/page.js';
import { methodOf, type FetchRequest } from '../model/request.js';
import { startOver, type AttemptContext } from '../transports/transport.js';
import type { Interceptor, ObservedInterceptor } from './interceptor.js';

/** Options of {@link coalesce}. */
export interface CoalesceOptions {
  /** Most pages kept after they were fetched, to answer later duplicates; 0 keeps none. @default 0 */
  readonly dedupe?: number;
  /** What makes two requests the same. @default method, URL and headers */
  readonly key?: (request: FetchRequest) => string;
}

/** A fetch that is under way. */
interface Flight {
  /** The attempt that does it. */
  readonly leader: AttemptContext | undefined;
  /** For those that wait for it. */
  readonly page$: Subject<Page>;
  /** Hands the page to them. */
  readonly give: (page: Page) => void;
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
 * its own terms. When the first is cut short (its time is over, it was cancelled), its fetch is aborted and one
 * of those that waited begins anew. A request with a `sink` of its own is fetched for itself.
 *
 * @throws TypeError for a wrong option, when called
 * @see https://pkg.go.dev/golang.org/x/sync/singleflight
 * @example
 * fetchFrom([...urls, ...urls], { interceptors: [coalesce({ dedupe: 1_000 })] }).subscribe((result) => {
 *   console.log(result.index, result.ok);
 * });
 */
export function coalesce(options: CoalesceOptions = {}): Interceptor {
  const { dedupe = 0, key = keyOf } = options;
  if (!Number.isInteger(dedupe) || dedupe < 0) {
    throw new TypeError(
      `coalesce: expected \`dedupe\` to be an integer from 0 up, got \`${String(dedupe)}\``,
    );
  }
  const underWay = new Map<string, Flight>();
  const fetched = new Map<string, Page>();

  function keep(of: string, page: Page): void {
    if (dedupe === 0) return;
    fetched.set(of, page);
    for (const oldest of fetched.keys()) {
      if (fetched.size <= dedupe) return;
      fetched.delete(oldest);
    }
  }

  const intercept: ObservedInterceptor = (request, next, attempt) =>
    new Observable((subscriber) => {
      const method = methodOf(request);
      if ((method !== 'GET' && method !== 'HEAD') || request.body !== undefined || request.sink) {
        return next(request).subscribe(subscriber);
      }
      const same = key(request);
      const known = fetched.get(same);
      if (known) return of(known).subscribe(subscriber);

      const flying = underWay.get(same);
      if (flying && attempt && flying.leader === attempt) {
        // a hedge; what it brings is for those that wait, too
        return next(request).pipe(tap(flying.give)).subscribe(subscriber);
      }
      if (flying) {
        attempt?.park();
        const page$ = attempt ? flying.page$ : flying.page$.pipe(catchError(fetchAfterAll));
        return page$.subscribe(subscriber);
      }
      const page$ = new Subject<Page>();
      const landed = (page: Page): void => {
        end(); // first: who comes while it is handed out would wait for a second page
        if (page.status >= 200 && page.status < 300) keep(same, page);
      };
      const give = (page: Page): void => {
        landed(page);
        page$.next(page);
        page$.complete();
      };
      const flight: Flight = { leader: attempt, page$, give };
      let over = false;
      const end = (): void => {
        over = true;
        if (underWay.get(same) === flight) underWay.delete(same);
      };
      underWay.set(same, flight);
      const inner = next(request).subscribe({
        next: (page) => {
          landed(page);
          subscriber.next(page);
          give(page);
        },
        error: (error: unknown) => {
          end();
          subscriber.error(error);
          page$.error(error);
        },
        complete: () => {
          end();
          subscriber.complete();
          page$.complete();
        },
      });
      return () => {
        inner.unsubscribe(); // first: whoever fetches it anew must not meet the one that is cut
        if (over) return;
        end();
        page$.error(startOver); // who led has left before there was a page: who waits must fetch it
      };

      function fetchAfterAll(error: unknown): Observable<Page> {
        return error === startOver ? intercept(request, next) : throwError(() => error);
      }
    });
  return intercept;
}

function keyOf(request: FetchRequest): string {
  const { url, headers = {} } = request;
  const target = String(URL.canParse(url) ? new URL(url) : url);
  const sorted = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([methodOf(request), target.replace(/#.*$/, ''), sorted]);
}
