import type { OperatorFunction } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { checkOptions, queueRules } from '../pipeline/option-rules.js';
import type { FetchEachOptions } from '../pipeline/options.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';
import { pushedSource } from '../pipeline/pushed-source.js';

/**
 * Fetches every URL that an Observable emits. It cannot slow the source down: what comes too fast is queued.
 *
 * ```
 * source        -a-b-c-----|       at concurrency 1
 * attempt at a   --(p|)
 * attempt at b     --(p|)
 * attempt at c       --(p|)
 * fetchEach     ---a-b-c---|
 * ```
 *
 * With `maxQueued` what does not fit becomes a record of kind `overflow`. Unsubscribing aborts what is in flight. An
 * error of the source comes out after what was received has settled.
 *
 * @returns records in the order in which they settle; `index` tells the source's order
 * @throws TypeError for a wrong option, when called
 * @see Twisted's `DeferredSemaphore.run`
 * @example
 * of('http://localhost/a', 'http://localhost/b')
 *   .pipe(fetchEach({ concurrency: 4 }), toBatch())
 *   .subscribe((batch) => console.log(batch.length));
 */
export function fetchEach<T = Page, C = unknown>(
  options: FetchEachOptions<T, NoInfer<C>> = {},
): OperatorFunction<FetchInput<C>, FetchResult<T, C>> {
  checkOptions('fetchEach', options, queueRules);
  const settings = settingsOf(options);
  return (source) => pipeline(settings, pushedSource(source, options));
}
