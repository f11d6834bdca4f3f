import { Agent, type buildConnector, type Dispatcher } from 'undici';
import { quote } from '../../model/target.js';
import { openerOf, type ConnectorSettings } from './connector.js';
import { forward } from './proxy-forward.js';
import { ProxyError } from './proxy-error.js';
import { proxyConnector, tunnelConnector, type ProxyServer } from './proxy-tunnel.js';

/** The URL of the proxy for an origin such as `https://example.org`; null or undefined for none. */
export type ProxyChoice = (origin: string) => string | URL | null | undefined;

/** What makes a dispatcher's pools. */
export type AgentMaker = (connect: buildConnector.connector) => Agent;

interface Leg {
  readonly proxy: ProxyServer;
  /** For `http:` targets, which the proxy fetches itself. */
  readonly forwarding: Agent | undefined;
  readonly tunnelling: Agent;
}

/** A rotation may have a URL for each session. */
const mostLegs = 1_000;

/** The proxies that a transport has met, and the connections to them. */
export class Proxies {
  private readonly legs = new Map<string, Leg>();

  constructor(
    private readonly choose: ProxyChoice,
    private readonly settings: ConnectorSettings,
    private readonly agentOf: AgentMaker,
  ) {}

  /** Sends through the proxy that is chosen for the origin, or by `direct` where none is. */
  dispatch(
    direct: Dispatcher,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const origin = String(options.origin);
    const url = this.chosen(origin);
    if (url === null || url === undefined || url === '') return direct.dispatch(options, handler);
    const { proxy, forwarding, tunnelling } = this.leg(String(url));
    return forwarding && origin.startsWith('http:')
      ? forward(proxy, forwarding, options, handler)
      : tunnelling.dispatch(options, handler);
  }

  private chosen(origin: string): ReturnType<ProxyChoice> {
    try {
      return this.choose(origin);
    } catch (error) {
      throw new ProxyError(`\`proxy\` threw for ${origin}: ${String(error)}`, false, error);
    }
  }

  private leg(url: string): Leg {
    const known = this.legs.get(url);
    if (known) return known;
    const [oldest] = this.legs.size === mostLegs ? this.legs.entries() : [];
    if (oldest) {
      this.legs.delete(oldest[0]);
      void oldest[1].forwarding?.close();
      void oldest[1].tunnelling.close();
    }
    const leg = this.open(proxyServer(url));
    this.legs.set(url, leg);
    return leg;
  }

  private open(proxy: ProxyServer): Leg {
    const { settings, agentOf } = this;
    const { servername: _ofTheTarget, ...tls } = settings.tls as { readonly servername?: string };
    const toProxy = proxyConnector(proxy, openerOf({ ...settings, tls, http2: false }));
    const isPlain = proxy.origin.protocol === 'http:'; // else undici would greet the proxy by the target's name
    return {
      proxy,
      forwarding: isPlain ? agentOf(toProxy) : undefined,
      tunnelling: agentOf(tunnelConnector(proxy, toProxy, openerOf(settings))),
    };
  }
}

/** @throws ProxyError with a sentence that shows no password. */
export function proxyServer(text: string): ProxyServer {
  // curl and its kin take a proxy without a scheme for http:
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new ProxyError(`the proxy ${quote(text)} is not a URL`, false);
  const origin = new URL(url);
  if (origin.protocol !== 'http:' && origin.protocol !== 'https:') {
    const hint = "give undiciTransport a `dispatcher` for others, such as undici's Socks5ProxyAgent";
    throw new ProxyError(`the proxy ${quote(text)} is neither http: nor https:; ${hint}`, false);
  }
  const { username, password } = origin;
  return {
    name: origin.origin,
    origin,
    authorization: username + password === '' ? undefined : `Basic ${base64(username, password)}`,
  };
}

function base64(username: string, password: string): string {
  return Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is sent as it stands
  }
}
