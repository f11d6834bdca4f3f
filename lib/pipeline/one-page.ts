import { map, pipe, throwIfEmpty, type OperatorFunction } from 'rxjs';
import { FetchError } from '../model/fetch-error.js';
import type { FetchResult } from '../model/result.js';

/** The value of the only record; its failure is an error, and so is having none. */
export function onePage<T, C>(): OperatorFunction<FetchResult<T, C>, T> {
  return pipe(
    map((result: FetchResult<T, C>) => {
      if (!result.ok) throw result.error;
      return result.value;
    }),
    throwIfEmpty(() => new FetchError('cancelled', 'Cancelled by the signal before it began')),
  );
}
