import { filter, type OperatorFunction } from 'rxjs';
import type { FetchFailure, FetchResult } from '../model/result.js';

/**
 * Lets the records of failures through, and no others.
 *
 * ```
 * source    --a--f--b--|
 * failures  -----f-----|
 * ```
 *
 * @example
 * fetchFrom(urls).pipe(failures()).subscribe(({ error }) => console.log(error.kind, error.message));
 */
export function failures<T, C>(): OperatorFunction<FetchResult<T, C>, FetchFailure<C>> {
  return filter((result): result is FetchFailure<C> => !result.ok);
}
