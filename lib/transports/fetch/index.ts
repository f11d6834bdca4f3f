/**
 * The transport of browsers, Deno, Bun and edge workers, and for a `fetch` of your own.
 *
 * @module sluice/fetch
 */
import { Observable } from 'rxjs';
import { FetchError } from '../../model/fetch-error.js';
import { parseTarget, type Target } from '../../model/target.js';
import { defaultTransportLimits, type ObservedTransport, type Transport } from '../transport.js';
import { FetchExchange } from './exchange.js';

/** Options of {@link fetchTransport}. */
export interface FetchTransportOptions {
  /**
   * What is called in place of the global `fetch`: a mock, or one that adds to `init` what only you know, such as
   * `credentials`. It must heed `init.signal`, else what is unsubscribed goes on.
   * @default globalThis.fetch, looked up at each request
   */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * The transport over WHATWG `fetch`, for everything that is not Node. What `fetch` hides stays hidden: `redirects` of a
 * page is empty, `encodedBytes` is the size of the decoded body, and the time of connecting counts as `headers`.
 *
 * ```
 * transport(request)  ---(p|)     one page, its body read and decoded, redirects followed
 *                     ---#        a FetchError
 *                     ^-!         unsubscribed: aborted, in whatever phase it is
 * ```
 *
 * @see https://fetch.spec.whatwg.org/
 * @example
 * import { fetchFrom } from 'sluice';
 * import { fetchTransport } from 'sluice/fetch';
 *
 * const withCookies = fetchTransport({
 *   fetch: (url, init) => fetch(url, { ...init, credentials: 'include' }),
 * });
 * fetchFrom(['http://localhost/'], { transport: withCookies }).subscribe((result) => console.log(result.ok));
 */
export function fetchTransport({ fetch }: FetchTransportOptions = {}): Transport {
  const transport: ObservedTransport = (request, attempt) =>
    new Observable((subscriber) => {
      const target = attempt?.request === request ? attempt.target : parseTarget(request.url);
      const limits = attempt?.limits ?? defaultTransportLimits;
      if (request.sink ?? limits.sink) {
        subscriber.error(noSinks(target));
        return undefined;
      }
      const exchange = new FetchExchange(request, target, limits, attempt, subscriber);
      exchange.send(fetch ?? globalThis.fetch);
      return exchange;
    });
  return transport;
}

function noSinks({ href }: Target): FetchError {
  const message = `${href}: \`sink\` is for the transport of Node: fetch hands out whole pages. Leave it out here`;
  return new FetchError('invalid', message);
}
