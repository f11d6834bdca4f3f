import { map, pipe, toArray, type OperatorFunction } from 'rxjs';
import type { Settled } from '../model/result.js';
import { byIndex } from '../pipeline/records.js';

/**
 * Joins all records into one array, in the order of their inputs.
 *
 * ```
 * source   --b-c--a|
 * toBatch  --------([a,b,c]|)
 * ```
 *
 * `[]` for an empty source. An error of the source passes through.
 *
 * @see Twisted's `DeferredList`, with `consumeErrors`
 * @example
 * fetchFrom(urls).pipe(toBatch()).subscribe((batch) => console.log(batch.length));
 */
export function toBatch<R extends Settled>(): OperatorFunction<R, R[]> {
  return pipe(
    toArray(),
    map((results) => results.sort(byIndex)),
  );
}
