import { Agent, type Dispatcher } from 'undici';
import type { PrivateAddresses } from '../transport.js';
import { AddressGuard } from './address-guard.js';
import { connectorOf, type ConnectorSettings } from './connector.js';
import { DnsCache } from './dns-cache.js';
import { envProxy } from './env-proxy.js';
import type { UndiciTransportOptions } from './options.js';
import { PeerLedger } from './peer-ledger.js';
import { Proxies, type AgentMaker, type ProxyChoice } from './proxies.js';

/** Where the connections of a hop come from. */
export interface Route {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  /** The route of the hop that `origin` redirects to; asked while the connection of its answer is open. */
  after(origin: string): Route;
}

/** A route that all hops take. */
export function oneRoute(dispatcher: Route['dispatcher']): Route {
  const route: Route = { dispatcher, after: () => route };
  return route;
}

/**
 * The routes of one transport. Connections that a caller may have opened to a private address are in another Agent
 * than those of hops that came from a public one: such a hop never finds one of them in its pool.
 */
export class Routes {
  private readonly settings: ConnectorSettings;
  private readonly agentOf: AgentMaker;
  private readonly proxies: Proxies | undefined;
  private readonly open: Route;

  constructor(
    private readonly options: UndiciTransportOptions,
    choose?: ProxyChoice,
  ) {
    const { ca, cert, key, servername, insecureHosts = [], http2 = false, isPublic, dns } = options;
    const tls = Object.entries({ ca, cert, key, servername }).filter(([, value]) => value !== undefined);
    this.settings = {
      tls: Object.fromEntries(tls),
      insecureHosts: new Set(insecureHosts.map(withPort)),
      http2,
      names: new DnsCache(dns),
      isPublic,
      peers: new PeerLedger(),
    };
    this.agentOf = (connect) => new Agent({ ...poolOptions(options), connect });
    this.proxies = choose && new Proxies(choose, this.settings, this.agentOf);
    this.open = oneRoute(this.throughProxies(this.agentOf(connectorOf(this.settings))));
  }

  /** The route of a fetch's first hop. */
  first(mode: PrivateAddresses): Route {
    if (mode === 'allow') return this.open;
    if (mode === 'block') return oneRoute(this.guarded(mode));
    const { peers } = this.settings;
    const toPublic = oneRoute(this.guarded(mode));
    const direct: Route = {
      dispatcher: this.open.dispatcher,
      after: (origin) => (peers.isPrivate(origin) ? direct : toPublic),
    };
    return direct;
  }

  private guarded(mode: 'direct' | 'block'): Route['dispatcher'] {
    const guard = new AddressGuard(mode, this.options.isPublic);
    return this.throughProxies(this.agentOf(connectorOf(this.settings, guard)));
  }

  private throughProxies(direct: Agent): Route['dispatcher'] {
    const { proxies } = this;
    if (!proxies) return direct;
    return { dispatch: (options, handler) => proxies.dispatch(direct, options, handler) };
  }
}

/** Who chooses the proxy; undefined where there is none to choose. */
export function proxyChoice({ proxy }: UndiciTransportOptions): ProxyChoice | undefined {
  if (proxy === 'env') return envProxy(process.env);
  return proxy === undefined || typeof proxy === 'function' ? proxy : () => proxy;
}

function poolOptions({ connections, keepAlive, http2 = false }: UndiciTransportOptions): Agent.Options {
  return {
    allowH2: http2,
    ...(connections === undefined || connections === Infinity ? {} : { connections }),
    // whatever the server announces: what keeps connections is the caller's to say
    ...(keepAlive === undefined ? {} : { keepAliveTimeout: keepAlive, keepAliveMaxTimeout: keepAlive }),
  };
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:443`;
}
