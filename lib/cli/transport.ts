import { X509Certificate } from 'node:crypto';
import type { Transport } from '../transports/transport.js';
import { envProxy } from '../transports/undici/env-proxy.js';
import { undiciTransport } from '../transports/undici/index.js';
import type { UndiciTransportOptions } from '../transports/undici/options.js';
import { fileBytes } from './file-bytes.js';
import { nameIn, type AllGiven } from './options/given.js';
import type { Values } from './options/table.js';
import type { Surroundings } from './surroundings.js';
import { quoted, UsageError } from './usage-error.js';

/**
 * The transport of what was asked for; undefined where the library's own does.
 * @throws UsageError
 */
export function transportFor(given: AllGiven, values: Values, around: Surroundings): Transport | undefined {
  const { http2, cacert, privateAddresses, proxyFilters } = values;
  const proxy = proxyOf(values, around);
  if (proxy === undefined && cacert === undefined && !http2) return undefined;
  if (proxy !== undefined && privateAddresses !== 'allow' && !proxyFilters) {
    const option = nameIn(given, 'proxy');
    const reach = privateAddresses ?? 'direct';
    throw new UsageError(
      `${option} looks names up itself, so --private-addresses ${reach} cannot be kept from here: ` +
        'add --proxy-filters if the proxy refuses private addresses, or --private-addresses allow if it need not',
    );
  }
  return undiciTransport({
    ...(http2 && { http2 }),
    ...(proxy !== undefined && { proxy }),
    ...(proxyFilters && { proxyFilters }),
    ...(cacert !== undefined && { ca: certificates(cacert, nameIn(given, 'cacert'), around) }),
    ...(privateAddresses !== undefined && { privateAddresses }),
  });
}

function proxyOf({ proxy }: Values, { env }: Surroundings): UndiciTransportOptions['proxy'] {
  return proxy === 'env' ? envProxy(env) : proxy;
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Certificates as PEM. Read now: a wrong file would else be a failure of every URL.
 * @throws UsageError
 */
export function certificates(file: string, option: string, { read }: Pick<Surroundings, 'read'>): string {
  const pem = Buffer.from(fileBytes(option, file, read)).toString('latin1');
  const found = pem.match(certificate) ?? [];
  try {
    for (const one of found) new X509Certificate(one);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option} has a certificate in ${quoted(file)} that cannot be read: ${why}`, {
      cause: error,
    });
  }
  if (found.length > 0) return pem;
  throw new UsageError(
    `${option} expects certificates as PEM and finds none in ${quoted(file)}: convert them with openssl x509`,
  );
}
