import type { Page } from '../model/page.js';
import type { Sink } from '../model/sink.js';

/**
 * What `sink` made of the body of a page: `page.sunk`, with its type.
 *
 * @throws TypeError when the body went elsewhere: another sink was given, the transport has none, or there was no
 * body, as with HEAD, 204 and 304
 * @example
 * const sink = discard();
 * const page = await firstValueFrom(fetchPage('http://localhost/', { sink }));
 * console.log(sunkOf(sink, page).bytes);
 */
export function sunkOf<T>(sink: Sink<T>, page: Page): T {
  if ((page as { readonly sink?: unknown }).sink !== sink) {
    throw new TypeError(`sunkOf: the body of ${page.url} (${page.status}) did not go into this sink`);
  }
  return page.sunk as T;
}
