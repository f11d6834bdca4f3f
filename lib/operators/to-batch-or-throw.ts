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
 * `[]` for an empty source. An error of the source passes through.
 *
 * @see Twisted's `gatherResults` and `fireOnOneErrback`
 * @example
 * const both$ = fetchFrom(['http://localhost/a', 'http://localhost/b']).pipe(toBatchOrThrow());
 * const [a, b] = await firstValueFrom(both$);
 * console.log(a?.status, b?.status);
 */
export function toBatchOrThrow<T, C>(): OperatorFunction<FetchResult<T, C>, T[]> {
  return pipe(
    map((result: FetchResult<T, C>): FetchSuccess<T, C> => {
      if (!result.ok) throw result.error;
      return result;
    }),
    toBatch(),
    map((batch) => batch.map(({ value }) => value)),
  );
}
