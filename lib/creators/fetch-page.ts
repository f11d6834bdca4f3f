import { of, type Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchInput } from '../model/request.js';
import { onePage } from '../pipeline/one-page.js';
import { checkOptions } from '../pipeline/option-rules.js';
import type { FetchOptions } from '../pipeline/options.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';
import { pushedSource } from '../pipeline/pushed-source.js';

/**
 * Fetches one page; a failure is an error of the Observable.
 *
 * ```
 * fetchPage(url)  ---(p|)
 *                 ---#       a FetchError: a status that is not accepted is one, too
 * ```
 *
 * Unsubscribing aborts it. Where `signal` is aborted the error is of kind `cancelled`.
 *
 * @returns the page, or what `project` made of it
 * @throws TypeError for a wrong option, when called
 * @see Twisted's `getPage`
 * @example
 * const page = await firstValueFrom(fetchPage('http://localhost/'));
 * console.log(page.status, page.text());
 */
export function fetchPage<T = Page, C = unknown>(
  input: FetchInput<C>,
  options: FetchOptions<T, C> = {},
): Observable<T> {
  checkOptions('fetchPage', options);
  return pipeline(settingsOf(options), pushedSource(of(input))).pipe(onePage());
}
