import { catchError, map, of, type OperatorFunction } from 'rxjs';
import { isFetchError, type FetchError } from '../model/fetch-error.js';
import type { FetchFailure, FetchResult } from '../model/result.js';
import { mapResults } from '../pipeline/map-results.js';
import { laterValue, projectError, type ProjectResult } from '../pipeline/project.js';
import { withError, withValue } from '../pipeline/records.js';

/**
 * Turns failures into successes: what `recover` returns, now or later, is the value. Throwing keeps the record
 * a failure: with a FetchError that is thrown, else with one of kind `project`.
 *
 * ```
 * source                 --a--f--b--|
 * catchFailure(() => v)  --a--v--b--|
 * ```
 *
 * @param recover gets the error and its record, whose `request.context` carries the caller's own
 * @see Twisted's `addErrback`
 * @example
 * fetchFrom(urls).pipe(
 *   mapSuccess((page) => page.status),
 *   catchFailure((error) => error.status ?? 0),
 *   successes(),
 * ).subscribe(({ index, value }) => console.log(index, value));
 */
export function catchFailure<T, R, C = unknown>(
  recover: (error: FetchError, result: FetchFailure<C>) => ProjectResult<R>,
): OperatorFunction<FetchResult<T, C>, FetchResult<T | R, C>> {
  return mapResults((result) => {
    if (result.ok) return of(result);
    try {
      const returned = recover(result.error, result);
      const later = laterValue(returned);
      if (!later) return of(withValue(result, returned as R));
      return later.pipe(
        map((value): FetchResult<T | R, C> => withValue(result, value)),
        catchError((error: unknown) => of(stillFailed(result, error))),
      );
    } catch (error) {
      return of(stillFailed(result, error));
    }
  });
}

function stillFailed<C>(result: FetchFailure<C>, error: unknown): FetchFailure<C> {
  return withError(result, isFetchError(error) ? error : projectError(error, 'catchFailure', result.request));
}
