import { map, type MonoTypeOperatorFunction } from 'rxjs';
import type { FetchResult } from '../model/result.js';
import { projectError } from '../pipeline/project.js';
import { withError } from '../pipeline/records.js';

/**
 * Looks at each record, success or failure. A throw makes it a failure of kind `project`.
 *
 * ```
 * source        --a--f--b--|
 * tapResult(f)  --a--f--b--|
 * ```
 *
 * @see Twisted's `addBoth`
 * @example
 * fetchFrom(urls)
 *   .pipe(tapResult((result) => console.log(result.index, result.ok)))
 *   .subscribe();
 */
export function tapResult<T, C>(
  look: (result: FetchResult<T, C>) => void,
): MonoTypeOperatorFunction<FetchResult<T, C>> {
  return map((result) => {
    try {
      look(result);
      return result;
    } catch (error) {
      return withError(result, projectError(error, 'tapResult', result.request));
    }
  });
}
