import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Why the connection whose end undici is being told of, in this very call, did not just end. */
let breaking: Error | undefined;
const breakages = new WeakSet<Error>();
let watching = false;

/**
 * From now on listens to the ends of undici's sockets, before undici does: where a body ends with its connection,
 * undici takes a reset for its end. Costs nothing per request.
 */
export function watchSockets(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:client:connected', (message) => {
    const { socket } = message as { readonly socket: Socket };
    socket.prependListener('error', breaks);
    socket.prependListener('end', ends);
    socket.on('error', told); // after undici's own, which are there already
    socket.on('end', told);
  });
}

/** Why what undici reports now happens, where it does because a connection broke, and did not just end. */
export function breakingError(): Error | undefined {
  return breaking;
}

/** Whether a socket broke with this error. */
export function isBreakage(error: Error): boolean {
  return breakages.has(error);
}

function breaks(error: Error): void {
  breaking = error;
  breakages.add(error);
}

/**
 * A reset that comes with the last bytes, or while nobody reads, is read as an end: Linux reports it to whoever waits
 * for it, and nobody did. But such a socket has no peer any more. (Not `remoteAddress`: that is remembered.)
 */
function ends(this: Socket): void {
  const { _handle: handle } = this as unknown as SocketInside;
  const status = handle?.getpeername?.({}) ?? 0;
  breaking = status < 0 ? Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) : undefined;
}

interface SocketInside {
  readonly _handle?: { readonly getpeername?: (out: object) => number } | null;
}

function told(): void {
  breaking = undefined;
}
