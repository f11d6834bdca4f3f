import type { Socket } from 'node:net';

/**
 * How long after the request the end of a stale connection is heard of, in ms. The server had closed it before: its
 * word is on the way, or is its answer to our bytes, so it is here within a round trip, or two where a packet is
 * lost. A server that takes longer has had the request, and may have acted on it.
 */
const soon = 1_000;

/** Not by the bytes that came: those of a TLS handshake or a proxy's answer are no answer to a request. */
const used = new WeakSet<Socket>();

/** A connection that has carried a request before, as it was when the next one was written. */
export class ReusedConnection {
  private readonly bytesRead: number;
  private readonly sentAt = performance.now();

  private constructor(private readonly socket: Socket) {
    this.bytesRead = socket.bytesRead;
  }

  /** Undefined for the first request of a connection. */
  static of(socket: Socket): ReusedConnection | undefined {
    if (used.has(socket)) return new ReusedConnection(socket);
    used.add(socket);
    return undefined;
  }

  /** Whether it was closed while it was idle. Asked when it has broken. */
  get wasStale(): boolean {
    return this.socket.bytesRead === this.bytesRead && performance.now() - this.sentAt <= soon;
  }
}
