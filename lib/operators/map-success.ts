import { catchError, map, of, type OperatorFunction } from 'rxjs';
import type { FetchResult, FetchSuccess } from '../model/result.js';
import { mapResults } from '../pipeline/map-results.js';
import { laterValue, projectError, type ProjectResult } from '../pipeline/project.js';
import { withError, withValue } from '../pipeline/records.js';

/**
 * Changes the value of each success; failures pass by. What `change` returns is the value, or gives it later.
 *
 * ```
 * source               --a--f--b--|
 * mapSuccess(v => v')  --a'-f--b'-|
 * ```
 *
 * A throw, a rejection or an Observable that errors makes a failure of kind `project`.
 *
 * @param change gets the value and its record, whose `request.context` carries the caller's own
 * @see Twisted's `addCallback`
 * @example
 * fetchFrom(urls).pipe(mapSuccess((page) => page.text().length)).subscribe(console.log);
 */
export function mapSuccess<T, R, C = unknown>(
  change: (value: T, result: FetchSuccess<T, C>) => ProjectResult<R>,
): OperatorFunction<FetchResult<T, C>, FetchResult<R, C>> {
  return mapResults((result) => {
    if (!result.ok) return of(result);
    try {
      const returned = change(result.value, result);
      const later = laterValue(returned);
      if (!later) return of(withValue(result, returned as R));
      return later.pipe(
        map((value): FetchResult<R, C> => withValue(result, value)),
        catchError((error: unknown) =>
          of(withError(result, projectError(error, 'mapSuccess', result.request))),
        ),
      );
    } catch (error) {
      return of(withError(result, projectError(error, 'mapSuccess', result.request)));
    }
  });
}
