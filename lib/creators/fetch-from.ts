import type { Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { checkOptions } from '../pipeline/option-rules.js';
import type { FetchOptions } from '../pipeline/options.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';
import { pulledSource, type Pullable } from '../pipeline/pulled-source.js';

/**
 * Fetches what an iterable gives, pulled on demand: an input is taken only when a slot is free.
 *
 * ```
 * inputs        a b c d        taken one by one, at concurrency 2, without retries
 * attempt at a  --(p|)
 * attempt at b  ----(p|)
 * attempt at c    ---#
 * attempt at d      -(p|)
 * fetchFrom     --a-b(Cd|)     one record each: C is a failure
 * ```
 *
 * Cold. Unsubscribing aborts what is in flight and calls the iterator's `return()`. Errors only when the
 * iterator itself throws, after what is in flight has settled.
 *
 * @param inputs URLs or requests: an iterable, an async iterable or a ReadableStream
 * @returns records in the order in which they settle; `index` tells the source's order
 * @throws TypeError for a wrong option, when called
 * @see Twisted's `Cooperator.coiterate`, n times over one generator
 * @example
 * fetchFrom(['http://localhost/a', 'http://localhost/b'], { concurrency: 8 }).subscribe((result) => {
 *   console.log(result.index, result.ok ? result.value.status : result.error.message);
 * });
 */
export function fetchFrom<T = Page, C = unknown>(
  inputs: Pullable<FetchInput<C>>,
  options: FetchOptions<T, C> = {},
): Observable<FetchResult<T, C>> {
  checkOptions('fetchFrom', options);
  return pipeline(settingsOf(options), pulledSource('fetchFrom', inputs));
}
