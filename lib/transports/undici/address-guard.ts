import { isIP } from 'node:net';
import { FetchError } from '../../model/fetch-error.js';
import { privateRange } from './address.js';

/** What counts as an address of the public internet. */
export type IsPublic = (address: string) => boolean;

/** A connection that was refused for its address, before anything was sent. */
export class PrivateAddressError extends Error {
  /** As the record's error, which names the request. */
  failure(subject: string): FetchError {
    return new FetchError('blocked', `${subject}: ${this.message}`, { phase: 'connect', cause: this });
  }
}

/** Lets through addresses that are public. */
export class AddressGuard {
  constructor(
    /** Whom it guards: pages of public addresses against redirects, or everybody. */
    private readonly mode: 'direct' | 'block',
    private readonly isPublic: IsPublic | undefined,
  ) {}

  /** Why none of `addresses` may be connected: one of them is not public. Undefined where all are. */
  refusal(hostname: string, addresses: readonly string[]): PrivateAddressError | undefined {
    for (const address of addresses) {
      const range = rangeOf(address, this.isPublic);
      if (range !== undefined) return new PrivateAddressError(this.why(hostname, address, range));
    }
    return undefined;
  }

  private why(hostname: string, address: string, range: string): string {
    const where = isIP(hostname) === 0 ? `${hostname} is at ${address}` : `it is at ${address}`;
    const rule =
      this.mode === 'block'
        ? "privateAddresses: 'block' refuses all of those; 'direct' lets you ask for one yourself"
        : "privateAddresses: 'direct' lets no redirect from a public address lead to one; " +
          "ask for it yourself, or set 'allow' if you trust who redirects";
    return `${where}, not a public address (${range}): ${rule}`;
  }
}

/** The range of an address that is not public, by our reckoning or by the caller's. */
export function rangeOf(address: string, isPublic: IsPublic | undefined): string | undefined {
  if (!isPublic) return privateRange(address);
  try {
    return isPublic(address) ? undefined : (privateRange(address) ?? 'by isPublic');
  } catch (error) {
    return `isPublic threw ${String(error)}`; // in undici's callbacks it would end the process
  }
}
