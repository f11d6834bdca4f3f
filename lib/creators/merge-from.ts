import { type Observable, type ObservableInput, type ObservedValueOf } from 'rxjs';
import { pulledMergeMap } from '../pipeline/merge-run.js';
import { checkMergeOptions } from '../pipeline/option-rules.js';
import type { MergeOptions } from '../pipeline/options.js';
import { pulledSource, type Pullable } from '../pipeline/pulled-source.js';

/**
 * `from(inputs).pipe(mergeMap(project, concurrency))` that pulls: an input is taken only when a slot is free,
 * however many there are, and inner Observables may all be synchronous.
 *
 * ```
 * inputs     a b c            at concurrency 2
 * project a  --1--2|
 * project b  ---3|
 * project c      --4|
 * mergeFrom  --13-24|
 * ```
 *
 * Errors like mergeMap: the first error of an inner Observable ends it and unsubscribes the others.
 *
 * @param project gets an input and its position, from 0; gives an Observable, a promise or an iterable
 * @throws TypeError for a wrong option, when called
 * @see https://github.com/ReactiveX/rxjs/issues/4055 what happens with mergeMap and synchronous inners
 * @example
 * const lookUp = (id: number) => fetchPage(`http://localhost/items/${id}`);
 * mergeFrom([1, 2, 3], lookUp, { concurrency: 2 }).subscribe((page) => console.log(page.url));
 */
export function mergeFrom<I, O extends ObservableInput<unknown>>(
  inputs: Pullable<I>,
  project: (input: I, index: number) => O,
  options: MergeOptions = {},
): Observable<ObservedValueOf<O>> {
  checkMergeOptions('mergeFrom', project, options);
  return pulledMergeMap(
    pulledSource('mergeFrom', inputs),
    project as (input: I, index: number) => ObservableInput<ObservedValueOf<O>>,
    options.concurrency ?? 16,
  );
}
