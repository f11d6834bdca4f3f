import { filter, type OperatorFunction } from 'rxjs';
import type { FetchResult, FetchSuccess } from '../model/result.js';

/**
 * Lets the records of successes through, and no others.
 *
 * ```
 * source     --a--f--b--|
 * successes  --a-----b--|
 * ```
 *
 * @example
 * fetchFrom(urls).pipe(successes()).subscribe(({ value }) => console.log(value.status));
 */
export function successes<T, C>(): OperatorFunction<FetchResult<T, C>, FetchSuccess<T, C>> {
  return filter((result): result is FetchSuccess<T, C> => result.ok);
}
