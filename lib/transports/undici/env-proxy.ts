import type { ProxyChoice } from './proxies.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies that the environment names: `http_proxy`, `https_proxy`, `all_proxy`, and `no_proxy` for what goes
 * without; in small letters or in capitals. Undefined where it names none.
 */
export function envProxy(env: Environment): ProxyChoice | undefined {
  const read = (...names: string[]): string | undefined => {
    const set = names.find((name) => env[name] !== undefined && env[name] !== '');
    return set === undefined ? undefined : env[set];
  };
  // in a CGI program HTTP_PROXY is a header of the request, which a stranger wrote
  const http = env['REQUEST_METHOD'] === undefined ? ['http_proxy', 'HTTP_PROXY'] : ['http_proxy'];
  const all = ['all_proxy', 'ALL_PROXY'];
  const proxies = { http: read(...http, ...all), https: read('https_proxy', 'HTTPS_PROXY', ...all) };
  if (proxies.http === undefined && proxies.https === undefined) return undefined;
  const exceptions = (read('no_proxy', 'NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return (origin) => {
    const url = new URL(origin);
    if (exceptions.some((entry) => excepts(entry.toLowerCase(), url))) return undefined;
    return url.protocol === 'https:' ? proxies.https : proxies.http;
  };
}

/** `example.org` stands for itself and all below it, as `.example.org` and `*.example.org` do; a port may follow. */
function excepts(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '*') return true;
  const [, name = entry, at] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
  if (at !== undefined && at !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
  const domain = name.replace(/^\*?\./, '');
  return hostname === domain || hostname === `[${domain}]` || hostname.endsWith(`.${domain}`);
}
