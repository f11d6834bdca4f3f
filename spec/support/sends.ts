import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Counts the requests that undici writes until the test is over, also those that no attempt counts.
 *
 * @param beforeEach is told of the socket, just before it is written to
 */
export function countSends(beforeEach: (socket: Socket) => void = () => undefined): {
  readonly count: number;
} {
  const sends = { count: 0 };
  const sending = (message: unknown): void => {
    sends.count++;
    beforeEach((message as { readonly socket: Socket }).socket);
  };
  subscribe('undici:client:sendHeaders', sending);
  onTestFinished(() => void unsubscribe('undici:client:sendHeaders', sending));
  return sends;
}
