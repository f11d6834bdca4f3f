import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/**
 * Why an address is not one of the public internet: the name of its range. Undefined of a public one.
 * An address that carries one of IPv4 is judged by that one: routers and NAT64 lead there.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export function privateRange(text: string): string | undefined {
  if (isIP(text) === 0) return 'not an address';
  const address = ipaddr.parse(text);
  const bytes = address.toByteArray();
  const embedded = bytes.length === 4 ? undefined : embeddedIn(bytes);
  if (embedded) {
    const range = privateRange(embedded.join('.'));
    return range === undefined ? undefined : `${range}, as ${embedded.join('.')}`;
  }
  return isFabric(bytes) ? 'cloud fabric' : rangeOf(address, bytes);
}

/** 168.63.129.16 is Azure's: it looks public, and answers each virtual machine about itself. */
function isFabric([a, b, c, d, more]: readonly number[]): boolean {
  return a === 168 && b === 63 && c === 129 && d === 16 && more === undefined;
}

function rangeOf(address: Address, bytes: readonly number[]): string | undefined {
  const range = address.range();
  if (range !== 'unicast') return words(range);
  const isGlobal = bytes.length === 4 || ((bytes[0] ?? 0) & 0xe0) === 0x20; // 2000::/3, all that is given out of IPv6
  return isGlobal ? undefined : 'reserved';
}

/** `carrierGradeNat` as people write it: `carrier grade nat`. */
function words(range: string): string {
  return range.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The IPv4 address inside ::/96, ::ffff:0:0/96, 64:ff9b::/96 (RFC 6052) and 2002::/16 (RFC 3056). */
function embeddedIn(bytes: readonly number[]): readonly number[] | undefined {
  const begins = (...prefix: readonly number[]): boolean => prefix.every((byte, at) => bytes[at] === byte);
  const zeros = (count: number): number[] => Array<number>(count).fill(0);
  if (begins(0x20, 0x02)) return bytes.slice(2, 6);
  const isMapped = begins(...zeros(10), 0xff, 0xff);
  const isNat64 = begins(0, 0x64, 0xff, 0x9b, ...zeros(8));
  const isCompatible = begins(...zeros(12)) && !begins(...zeros(15)); // ::1 and :: are themselves
  return isMapped || isNat64 || isCompatible ? bytes.slice(12) : undefined;
}
