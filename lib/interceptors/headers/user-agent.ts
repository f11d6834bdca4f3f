import { quote } from '../../model/target.js';
import type { Interceptor } from '../interceptor.js';
import { headerOf, isHeaderValue, withHeader } from '../request-headers.js';

/**
 * Says who asks, in the `user-agent` header of each request that has none. Redirects take it along.
 *
 * ```
 * request  /  → User-Agent: ExampleBot/1.0
 * page     --(p|)
 * ```
 *
 * @param text such as `ExampleBot/1.0 (+https://example.org/bot)`: a name, and where its owner is found
 * @throws TypeError for a text that cannot be sent, when called
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5
 * @example
 * const bot = userAgent('ExampleBot/1.0 (+https://example.org/bot)');
 * fetchFrom(urls, { interceptors: [bot] }).subscribe((result) => console.log(result.index, result.ok));
 */
export function userAgent(text: string): Interceptor {
  if (!isHeaderValue(text)) {
    throw new TypeError(`userAgent: expected text that a header can hold, got ${quote(String(text))}`);
  }
  return (request, next) =>
    next(headerOf(request, 'user-agent') === undefined ? withHeader(request, 'user-agent', text) : request);
}
