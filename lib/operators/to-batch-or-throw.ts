import { map, pipe, type OperatorFunction } from 'rxjs';
import type { FetchResult, FetchSuccess } from '../model/result.js';
import { toBatch } from './to-batch.js';

/**
 * Joins all values into one array, in the order of their inputs; the first failure is an error and aborts the
 * rest.
 *
 * ```
 * source          --b-c--a|               --b-f
 * toBatchOrThrow  --------([a,b,c]|)      ----#     the FetchError of f
 * ```
 *
 * @see Twisted's `gatherResults` and `fireOnOneErrback`
 * @example
 * const [home, about] = await firstValueFrom(fetchFrom([homeUrl, aboutUrl]).pipe(toBatchOrThrow()));
 */
export function toBatchOrThrow<T, C>(): OperatorFunction<FetchResult<T, C>, T[]> {
  return pipe(
    map((result: FetchResult<T, C>): FetchSuccess<T, C> => {
      if (!result.ok) throw result.error;
      return result;
    }),
    toBatch(),
    map((batch) => (batch).map(({ value }) => value)),
  );
}
