/**
 * The transport of Node, for a dispatcher of your own.
 *
 * @module sluice/undici
 */
import { Observable } from 'rxjs';
import { Agent, type Dispatcher } from 'undici';
import { parseTarget } from '../../model/target.js';
import { noRedirects } from '../fetched-page.js';
import { defaultTransportLimits, type ObservedTransport, type Transport } from '../transport.js';
import { cachedBy, type ResponseStore } from './cache.js';
import { Exchange } from './exchange.js';

export type { ResponseStore } from './cache.js';

/** Options of {@link undiciTransport}. */
export interface UndiciTransportOptions {
  /**
   * An Agent, Pool, Client, ProxyAgent or MockAgent of undici. Whoever makes it closes it.
   * @default one Agent for the process, made at the first fetch
   */
  readonly dispatcher?: Dispatcher;
  /**
   * Keeps responses as RFC 9111 says, shared by all who use this transport: undici's
   * `new cacheStores.MemoryCacheStore({ maxSize })`. The page's `cache-status` header ends with what was done for it.
   * @default none
   */
  readonly cache?: ResponseStore;
}

/**
 * The transport of Node: HTTP/1.1 through undici's `dispatch`, its fastest door. Redirects are followed by the method
 * rules of RFC 9110 §15.4; gzip, deflate and br are undone.
 *
 * ```
 * transport(request)  ---(p|)     one page, its body read and decoded, redirects followed
 *                     ---#        a FetchError
 *                     ^-!         unsubscribed: aborted, in whatever phase it is
 * ```
 *
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher?id=dispatcherdispatchoptions-handler
 * @example
 * import { Agent } from 'undici';
 * import { fetchFrom } from 'sluice';
 * import { undiciTransport } from 'sluice/undici';
 *
 * const dispatcher = new Agent({ connections: 1 });
 * const transport = undiciTransport({ dispatcher });
 * fetchFrom(['http://localhost/'], { transport }).subscribe((result) => console.log(result.ok));
 */
export function undiciTransport({ dispatcher, cache }: UndiciTransportOptions = {}): Transport {
  let chosen: Dispatcher | undefined;
  const choose = (): Dispatcher => {
    const own = dispatcher ?? defaultAgent();
    return cache ? cachedBy(own, cache) : own;
  };
  const transport: ObservedTransport = (request, attempt) =>
    new Observable((subscriber) => {
      const target = attempt?.request === request ? attempt.target : parseTarget(request.url);
      const limits = attempt?.limits ?? defaultTransportLimits;
      const hop = { request, target, redirects: noRedirects, otherMethod: 0 };
      const exchange = new Exchange((chosen ??= choose()), hop, limits, attempt, subscriber);
      exchange.dispatch();
      return exchange;
    });
  return transport;
}

let agent: Agent | undefined;

/** One Agent for the process. undici unrefs idle sockets: they do not keep the process alive. */
function defaultAgent(): Agent {
  return (agent ??= new Agent({ allowH2: false }));
}
