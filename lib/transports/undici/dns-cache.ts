import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { inspect } from 'node:util';

/** How names become addresses. */
export interface DnsOptions {
  /** How long the addresses of a name are kept, in ms; 0 keeps none. @default 10_000 */
  readonly ttl?: number;
  /** How long it is kept that a name has none, in ms; 0 asks anew each time. @default 1_000 */
  readonly negativeTtl?: number;
  /** Ask for addresses of IPv4 or of IPv6 alone. @default both, tried in turn until one answers */
  readonly family?: 4 | 6;
  /** What is asked; of the shape of Node's `dns.lookup` with `all: true`. @default dns.lookup */
  readonly lookup?: (
    name: string,
    options: { readonly all: true; readonly family: number },
    done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
  ) => void;
}

type Lookup = NonNullable<DnsOptions['lookup']>;

/** What a name was found to be, and until when that holds. */
interface Entry {
  readonly error: Error | null;
  readonly addresses: LookupAddress[];
  readonly until: number;
}

type Asker = (error: Error | null, addresses: LookupAddress[]) => void;

const mostEntries = 10_000;

/**
 * Asks for each name once, however many connections want it at the same time, and remembers the answer for a while.
 * `dns.lookup` tells no time to live and takes one of the four threads that zlib and the file system use, too.
 */
export class DnsCache {
  private readonly entries = new Map<string, Entry>();
  private readonly asking = new Map<string, Asker[]>();
  private readonly ttl: number;
  private readonly negativeTtl: number;
  private readonly family: 4 | 6 | undefined;
  private readonly ask: Lookup;

  constructor({ ttl = 10_000, negativeTtl = 1_000, family, lookup = systemLookup }: DnsOptions = {}) {
    this.ttl = ttl;
    this.negativeTtl = negativeTtl;
    this.family = family;
    this.ask = lookup;
  }

  /** Calls back with every address of a name, never in this turn. */
  lookup(hostname: string, done: Asker): void {
    const entry = this.entries.get(hostname);
    if (entry && performance.now() < entry.until) {
      process.nextTick(done, entry.error, entry.addresses);
      return;
    }
    const askers = this.asking.get(hostname);
    if (askers) {
      askers.push(done);
      return;
    }
    this.asking.set(hostname, [done]);
    const settle = (error: unknown, addresses?: unknown): void =>
      process.nextTick(() => this.settle(hostname, error, addresses));
    try {
      this.ask(hostname, { all: true, family: this.family ?? 0 }, settle);
    } catch (error) {
      settle(error); // a lookup of the caller's
    }
  }

  /** A lookup of the caller's may call back twice, and with anything. */
  private settle(hostname: string, thrown: unknown, answer: unknown): void {
    const askers = this.asking.get(hostname);
    if (!askers) return;
    this.asking.delete(hostname);
    const addresses = isList(answer) ? answer : [];
    const error = errorOf(hostname, thrown, answer);
    this.remember(hostname, error, addresses);
    for (const done of askers) done(error, addresses);
  }

  private remember(hostname: string, error: Error | null, addresses: LookupAddress[]): void {
    this.entries.delete(hostname); // the order in the Map is the order of age
    const time = error ? this.negativeTtl : this.ttl;
    if (time === 0) return;
    const [oldest] = this.entries.size === mostEntries ? this.entries.keys() : [];
    if (oldest !== undefined) this.entries.delete(oldest);
    this.entries.set(hostname, { error, addresses, until: performance.now() + time });
  }
}

function errorOf(hostname: string, thrown: unknown, answer: unknown): Error | null {
  if (thrown instanceof Error) return thrown;
  if (thrown !== null && thrown !== undefined) return dnsError(inspect(thrown));
  if (!isList(answer)) return dnsError('`dns.lookup` has to call back with a list of { address, family }');
  return answer.length === 0 ? dnsError(`${hostname} has no address`) : null;
}

function dnsError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ENODATA', syscall: 'getaddrinfo' });
}

function isList(answer: unknown): answer is LookupAddress[] {
  return (
    Array.isArray(answer) &&
    answer.every((one: Partial<LookupAddress> | null) => isIP(one?.address ?? '') !== 0)
  );
}
