/**
 * The transport of Node, for a dispatcher of your own.
 *
 * @module sluice/undici
 */
import { Observable } from 'rxjs';
import { parseTarget } from '../../model/target.js';
import { noRedirects } from '../fetched-page.js';
import {
  defaultTransportLimits,
  type ObservedTransport,
  type PrivateAddresses,
  type Transport,
} from '../transport.js';
import { watchSockets } from './broken-sockets.js';
import { cachedBy, type ResponseStore } from './cache.js';
import { Exchange } from './exchange.js';
import { fetchInto } from './fetch-into.js';
import { checkTransportOptions, refuseBlindGuard, type UndiciTransportOptions } from './options.js';
import type { Reading } from './reading.js';
import { oneRoute, proxyChoice, Routes, type Route } from './routes.js';

export type { ResponseStore } from './cache.js';
export type { DnsOptions } from './dns-cache.js';
export type { PrivateAddresses } from '../transport.js';
export type { UndiciTransportOptions } from './options.js';
export type { ProxyChoice } from './proxies.js';

/**
 * The transport of Node: HTTP/1.1 through undici's `dispatch`, its fastest door. Redirects are followed by the method
 * rules of RFC 9110 §15.4; gzip, deflate, br, and zstd where Node has it, are undone.
 *
 * ```
 * transport(request)  ---(p|)     one page, its body read and decoded, redirects followed
 *                     ---#        a FetchError
 *                     ^-!         unsubscribed: aborted, in whatever phase it is
 * ```
 *
 * Private addresses, TLS, names, connections and proxies are as `options` say. A refused address is a failure of kind
 * `blocked`, a certificate that is not trusted one of kind `tls`, a proxy that fails one of kind `proxy`.
 *
 * @throws TypeError for a wrong option, when called
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher?id=dispatcherdispatchoptions-handler
 * @example
 * import { fetchFrom } from 'sluice';
 * import { undiciTransport } from 'sluice/undici';
 *
 * const transport = undiciTransport({ privateAddresses: 'block', connections: 1 });
 * fetchFrom(['http://localhost/'], { transport }).subscribe((result) => console.log(result.ok)); // false
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  checkTransportOptions(options);
  const routeOf = routeFor({ ...options }); // what was checked, whatever becomes of it
  let route: Route | undefined;
  watchSockets();
  const { maxRatio = 100 } = options;
  const reading: Reading = { maxRatio, sinking: undefined };
  const transport: ObservedTransport = (request, attempt) =>
    new Observable((subscriber) => {
      const target = attempt?.request === request ? attempt.target : parseTarget(request.url);
      const limits = attempt?.limits ?? defaultTransportLimits;
      const hop = { request, target, redirects: noRedirects, otherMethod: 0 };
      const via = (route ??= routeOf());
      const sink = request.sink ?? limits.sink;
      if (sink) {
        return fetchInto(sink, hop, subscriber, (asked, sinking) => {
          return new Exchange(via, asked, limits, attempt, subscriber, { maxRatio, sinking });
        });
      }
      const exchange = new Exchange(via, hop, limits, attempt, subscriber, reading);
      exchange.dispatch();
      return exchange;
    });
  return transport;
}

/** The routes of the process: what has no options of its own shares its connections with all others. */
let shared: Routes | undefined;
const sharedRoutes = new Map<PrivateAddresses, Route>();

/** What makes the first hop's route, at the first fetch. */
function routeFor(options: UndiciTransportOptions): () => Route {
  const { dispatcher, privateAddresses = 'direct', insecureHosts = [], cache } = options;
  if (dispatcher) return () => cachedRoute(oneRoute(dispatcher), cache);
  const ofConnections = Object.entries(options).filter(
    ([name]) => name !== 'privateAddresses' && name !== 'maxRatio',
  );
  if (ofConnections.every(([, value]) => value === undefined)) {
    return () => sharedRoute(privateAddresses);
  }
  const choose = proxyChoice(options);
  if (choose) refuseBlindGuard(options);
  if (insecureHosts.length > 0) warnOf(insecureHosts);
  return () => cachedRoute(new Routes(options, choose).first(privateAddresses), cache);
}

/**
 * The route behind a cache. Hops that came from a public address have none: what a caller has fetched from a private one
 * may be in it.
 */
function cachedRoute(route: Route, store: ResponseStore | undefined): Route {
  if (!store) return route;
  const cached: Route = {
    dispatcher: cachedBy(route.dispatcher, store),
    after: (origin) => {
      const next = route.after(origin);
      return next === route ? cached : next;
    },
  };
  return cached;
}

function sharedRoute(mode: PrivateAddresses): Route {
  const known = sharedRoutes.get(mode);
  if (known) return known;
  const route = (shared ??= new Routes({})).first(mode);
  sharedRoutes.set(mode, route);
  return route;
}

function warnOf(hosts: readonly string[]): void {
  const warning = `TLS certificates of ${hosts.join(', ')} are not verified: anybody on the way there can read and change what is fetched`;
  process.emitWarning(warning, { type: 'SluiceWarning', code: 'SLUICE_INSECURE_HOSTS' });
}
