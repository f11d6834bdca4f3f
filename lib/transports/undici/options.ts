import { inspect } from 'node:util';
import type { Dispatcher } from 'undici';
import type { PrivateAddresses } from '../transport.js';
import type { ResponseStore } from './cache.js';
import type { DnsOptions } from './dns-cache.js';
import { proxyServer, type ProxyChoice } from './proxies.js';
import type { ProxyError } from './proxy-error.js';

/** Options of {@link undiciTransport}. A wrong value or an unknown name throws a TypeError when it is called. */
export interface UndiciTransportOptions {
  /**
   * An Agent, Pool, Client, ProxyAgent or MockAgent of undici, instead of Agents made by the options below. Whoever
   * makes it closes it. No guard can be put beneath it: it connects to private addresses.
   * @default Agents of our own; without options, those of the process
   */
  readonly dispatcher?: Dispatcher;
  /**
   * Keeps responses as RFC 9111 says, shared by all who use this transport: undici's
   * `new cacheStores.MemoryCacheStore({ maxSize })`. The page's `cache-status` header ends with what was done for it.
   * Redirects that came from a public address neither ask nor fill it.
   * @default none
   */
  readonly cache?: ResponseStore;
  /**
   * How many times its size on the wire a body may become when its Content-Encoding is undone, beyond the first
   * MiB; more is a bomb, and of kind `too-large`. From 1 up; Infinity means no limit.
   * @default 100
   */
  readonly maxRatio?: number;
  /** Which fetches may reach private addresses. @default 'direct' */
  readonly privateAddresses?: PrivateAddresses | undefined;
  /** What counts as a public address, where that differs from the registries of IANA. @default by IANA's registries */
  readonly isPublic?: (address: string) => boolean;
  /** Certificates of the CAs that are trusted, as PEM, in place of Node's. @default Node's own */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Certificate that servers which ask for one are shown, as PEM; with `key`. @default none */
  readonly cert?: string | Buffer;
  /** The private key of `cert`, as PEM. @default none */
  readonly key?: string | Buffer;
  /** The name that each server is greeted by and whose certificate it must show. @default the URL's host */
  readonly servername?: string;
  /** `host:port` of servers whose certificates are not verified; without a port, 443. Warned of. @default none */
  readonly insecureHosts?: readonly string[];
  /** How names become addresses, and for how many ms that is kept. @default 10_000 ms, 1_000 ms where there is none */
  readonly dns?: DnsOptions;
  /** Most connections to one origin. @default Infinity */
  readonly connections?: number;
  /** How long an idle connection is kept, in ms; a server may ask for less. @default 4_000, or what the server asks for */
  readonly keepAlive?: number;
  /** Whether HTTP/2 is spoken with servers that offer it. @default false */
  readonly http2?: boolean;
  /** URL of an `http:` or `https:` proxy, a function that chooses one for each hop, or `'env'`. @default none */
  readonly proxy?: string | ProxyChoice;
  /**
   * Says that the proxy, or your dispatcher, keeps fetches from private addresses itself: nobody can from this side.
   * @default false
   */
  readonly proxyFilters?: boolean;
}

type Check = readonly [rule: string, holds: (value: unknown) => boolean];

const isString = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isPem = (value: unknown): boolean => isString(value) || Buffer.isBuffer(value);
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isHost = (value: unknown): boolean =>
  typeof value === 'string' && /^([\w-][\w.-]*|\[[\da-f:.]+\])(:\d+)?$/i.test(value);

const pem: Check = ['PEM, as a string or Buffer', isPem];
const flag: Check = ['true or false', isBoolean];
const time: Check = ['a number of ms from 0 up', isTime];

const checks: Readonly<Record<keyof UndiciTransportOptions, Check>> = {
  dispatcher: ['a dispatcher of undici', (value) => isObject(value) && 'dispatch' in value],
  cache: [
    "a store of responses, such as undici's new cacheStores.MemoryCacheStore()",
    (value) => isObject(value) && 'get' in value,
  ],
  maxRatio: ['a number from 1 up', (value) => typeof value === 'number' && value >= 1],
  privateAddresses: [
    "'allow', 'direct' or 'block'",
    (value) => value === 'allow' || value === 'direct' || value === 'block',
  ],
  isPublic: ['a function of an address', isFunction],
  ca: ['PEM, as a string or Buffer, or an array of those', (value) => [value].flat().every(isPem)],
  cert: pem,
  key: pem,
  servername: ['the name of a host', isString],
  insecureHosts: [
    'an array of hosts such as `dev.local:8443`',
    (value) => Array.isArray(value) && value.every(isHost),
  ],
  dns: ['an object of `ttl`, `negativeTtl`, `family`, `lookup`', isObject],
  connections: ['an integer from 1 up', (value) => value === Infinity || (isCount(value) && value > 0)],
  keepAlive: ['a number of ms above 0', (value) => isTime(value) && value !== 0 && value !== Infinity],
  http2: flag,
  proxy: [
    "the URL of a proxy, a function that returns one, or 'env'",
    (value) => isString(value) || isFunction(value),
  ],
  proxyFilters: flag,
};

const dnsChecks: Readonly<Record<keyof DnsOptions, Check>> = {
  ttl: time,
  negativeTtl: time,
  family: ['4 or 6', (value) => value === 4 || value === 6],
  lookup: ['a function like dns.lookup', isFunction],
};

function isCount(value: unknown): value is number {
  return Number.isInteger(value);
}

/** @throws TypeError for an option that is wrong, that is not known, or that cannot be kept beside another. */
export function checkTransportOptions(options: UndiciTransportOptions): void {
  check(options, checks, '');
  if (options.dns) check(options.dns, dnsChecks, 'dns.');
  if (typeof options.proxy === 'string' && options.proxy !== 'env') checkProxy(options.proxy);
  const { dispatcher, privateAddresses, proxyFilters = false } = options;
  if ((options.cert === undefined) !== (options.key === undefined)) {
    refuse('`cert` and `key` go together: a server is shown the one and proven the other');
  }
  if (!dispatcher) return;
  const also = Object.keys(options).find(
    (name) => !['dispatcher', 'cache', 'maxRatio', 'privateAddresses', 'proxyFilters'].includes(name),
  );
  if (also !== undefined) {
    refuse(`\`${also}\` is for connections that sluice makes: give it to your dispatcher, or leave that out`);
  }
  if (privateAddresses !== undefined && privateAddresses !== 'allow' && !proxyFilters) {
    refuse(
      `privateAddresses: '${privateAddresses}' cannot be kept by a dispatcher of your own, which connects below it: ` +
        "leave `dispatcher` out, or say privateAddresses: 'allow', or proxyFilters: true if it refuses them itself",
    );
  }
}

/** @throws TypeError: behind a proxy nobody here sees addresses. */
export function refuseBlindGuard({
  privateAddresses = 'direct',
  proxyFilters,
}: UndiciTransportOptions): void {
  if (privateAddresses === 'allow' || proxyFilters === true) return;
  refuse(
    `privateAddresses: '${privateAddresses}' cannot be kept through a proxy, which looks names up itself: ` +
      "say proxyFilters: true if it refuses private addresses, or privateAddresses: 'allow' if it need not",
  );
}

function checkProxy(url: string): void {
  try {
    proxyServer(url);
  } catch (error) {
    refuse((error as ProxyError).message);
  }
}

function check(options: object, rules: Readonly<Record<string, Check>>, path: string): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const known = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!known)
      refuse(`there is no option \`${path}${name}\`; the options are ${Object.keys(rules).join(', ')}`);
    else if (value !== undefined && !known[1](value)) {
      refuse(`expected \`${path}${name}\` to be ${known[0]}, got ${inspect(value, { depth: 0 })}`);
    }
  }
}

function refuse(sentence: string): never {
  throw new TypeError(`undiciTransport: ${sentence}`);
}
