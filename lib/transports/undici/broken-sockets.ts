import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** The error of a socket that undici is being told of, in this very call. */
let breaking: Error | undefined;
const brokenBy = new WeakMap<Error, Socket>();
let watching = false;

/**
 * From now on listens to the errors of undici's sockets, before undici does: where a body ends with its connection,
 * undici takes a reset for its end. Costs nothing per request.
 */
export function watchSockets(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:client:connected', (message) => {
    const { socket } = message as { readonly socket: Socket };
    socket.prependListener('error', breaks);
    socket.on('error', broke); // after undici's own, which is there already
  });
}

/** Why what undici reports now happens, where it does because a socket broke, and did not just end. */
export function breakingError(): Error | undefined {
  return breaking;
}

/** How many bytes ever came over the socket that broke with this error. */
export function bytesBefore(error: unknown): number {
  return error instanceof Error ? (brokenBy.get(error)?.bytesRead ?? 0) : 0;
}

function breaks(this: Socket, error: Error): void {
  breaking = error;
  brokenBy.set(error, this);
}

function broke(): void {
  breaking = undefined;
}
