import type { Socket } from 'node:net';
import { rangeOf, type IsPublic } from './address-guard.js';

interface Count {
  ofPrivate: number;
  ofPublic: number;
}

/** Which origins are at private addresses, by the connections that are open to them now. */
export class PeerLedger {
  private readonly counts = new Map<string, Count>();

  /** Counts a connection for as long as it is open. */
  add(origin: string, socket: Socket, isPublic: IsPublic | undefined): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return; // closed already
    const count = this.counts.get(origin) ?? { ofPrivate: 0, ofPublic: 0 };
    this.counts.set(origin, count);
    const side = rangeOf(remoteAddress, isPublic) === undefined ? 'ofPublic' : 'ofPrivate';
    count[side]++;
    socket.once('close', () => {
      count[side]--;
      if (count.ofPrivate + count.ofPublic === 0) this.counts.delete(origin);
    });
  }

  /**
   * Whether what this origin answers just now comes from a private address. Where one of its connections is public
   * it does not count as that: a name can be at both.
   */
  isPrivate(origin: string): boolean {
    const count = this.counts.get(origin);
    return count !== undefined && count.ofPrivate > 0 && count.ofPublic === 0;
  }
}
