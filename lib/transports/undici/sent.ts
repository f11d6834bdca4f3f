import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What wants to know which connection its request is written on. */
interface Sending {
  sentOn(socket: Socket): void;
}

/** The request that is being written, in this very call. */
let sending: Sending | undefined;
let watching = false;

/** To be called where undici tells of the start of a request: right after that it tells of the connection. */
export function whenSent(request: Sending): void {
  watchRequests();
  sending = request;
}

function watchRequests(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:client:sendHeaders', (message) => {
    const { socket } = message as { readonly socket: Socket };
    sending?.sentOn(socket);
    sending = undefined;
  });
}
