import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard, IsPublic } from './address-guard.js';
import type { DnsCache } from './dns-cache.js';
import type { PeerLedger } from './peer-ledger.js';

/** What connections of one transport have in common. */
export interface ConnectorSettings {
  /** What TLS is told: `ca`, `cert`, `key`, `servername`. */
  readonly tls: buildConnector.BuildOptions;
  /** `host:port` of servers whose certificates are not verified. */
  readonly insecureHosts: ReadonlySet<string>;
  readonly http2: boolean;
  readonly names: DnsCache;
  readonly isPublic: IsPublic | undefined;
  /** Where it is written down which origins are at private addresses. */
  readonly peers: PeerLedger;
}

type Opener = (target: buildConnector.Options, done: buildConnector.Callback) => Socket;

/**
 * Opens the connections of an Agent. Names are asked of the cache; a guard sees every address that a name has,
 * addresses that stand in the URL (nobody looks those up), and the one that was connected to.
 */
export function connectorOf(settings: ConnectorSettings, guard?: AddressGuard): buildConnector.connector {
  const open = openerOf(settings, guard);
  return (target, done) => {
    const { hostname, protocol, host = hostname } = target;
    const refused = isIP(hostname) === 0 ? undefined : guard?.refusal(hostname, [hostname]);
    if (refused) {
      process.nextTick(done, refused, null);
      return;
    }
    const socket = open(target, (...[error, connected]) => {
      if (error) {
        done(error, null);
        return;
      }
      const peer = refusalOfPeer(guard, hostname, connected);
      if (peer) {
        connected.destroy();
        done(peer, null);
        return;
      }
      settings.peers.add(`${protocol}//${host}`, connected, settings.isPublic);
      done(null, connected);
    });
    // before TLS has said a word to it
    if (guard && protocol === 'https:') {
      socket.prependOnceListener('connect', () => destroyRefused(guard, hostname, socket));
    }
  };
}

/** Connects by TCP, or by TLS with or without a look at the certificate. */
export function openerOf(
  { tls, http2, names, insecureHosts }: ConnectorSettings,
  guard?: AddressGuard,
): Opener {
  const options = {
    ...tls,
    allowH2: http2,
    autoSelectFamily: true, // RFC 8305: a family that does not answer costs a moment, not the fetch
    lookup: lookupOf(names, guard),
  };
  // undici returns the socket; its types do not say so
  const verifying = buildConnector(options) as Opener;
  if (insecureHosts.size === 0) return verifying;
  const trusting = buildConnector({ ...options, rejectUnauthorized: false }) as Opener;
  return (target, done) => {
    const isInsecure = insecureHosts.has(`${target.hostname}:${target.port || '443'}`);
    return (isInsecure ? trusting : verifying)(target, done);
  };
}

function lookupOf(names: DnsCache, guard: AddressGuard | undefined): LookupFunction {
  return (hostname, { all }, done) => {
    names.lookup(hostname, (error, found) => {
      const failed = error ?? guard?.refusal(hostname, found.map(addressOf));
      const [first] = found;
      if (failed || !first) done(failed ?? null, '', 0);
      else if (all) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

function addressOf({ address }: { readonly address: string }): string {
  return address;
}

/** A socket that is closed already has no address, and sends nothing. */
function refusalOfPeer(guard: AddressGuard | undefined, hostname: string, socket: Socket): Error | undefined {
  const peer = socket.remoteAddress;
  return peer === undefined ? undefined : guard?.refusal(hostname, [peer]);
}

function destroyRefused(guard: AddressGuard, hostname: string, socket: Socket): void {
  const refused = refusalOfPeer(guard, hostname, socket);
  if (refused) socket.destroy(refused);
}
