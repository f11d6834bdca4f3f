import { defer, first, map, tap, type OperatorFunction } from 'rxjs';
import type { FetchFailure, FetchResult, FetchSuccess } from '../model/result.js';
import { byIndex } from '../pipeline/records.js';

/**
 * Emits the first success and aborts the rest; when all failed, the full batch of failures in source order.
 *
 * ```
 * source          --f-a-b--        --g-f|
 * toFirstSuccess  ----(a|)         -----([f,g]|)
 * ```
 *
 * `[]` for an empty source. An error of the source passes through.
 *
 * @see Twisted's `DeferredList` with `fireOnOneCallback`
 * @example
 * fetchFrom(urls).pipe(toFirstSuccess()).subscribe((first) => {
 *   if (Array.isArray(first)) console.log('none answers', first);
 *   else console.log(first.value.url);
 * });
 */
export function toFirstSuccess<T, C>(): OperatorFunction<
  FetchResult<T, C>,
  FetchSuccess<T, C> | FetchFailure<C>[]
> {
  return (source) =>
    defer(() => {
      const failed: FetchFailure<C>[] = [];
      return source.pipe(
        tap((result) => {
          if (!result.ok) failed.push(result);
        }),
        first((result): result is FetchSuccess<T, C> => result.ok, failed),
        map((found) => (Array.isArray(found) ? found.sort(byIndex) : found)),
      );
    });
}
