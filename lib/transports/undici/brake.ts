import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';

/**
 * Stops the reading of a response while its sink is busy, and goes on. undici fails an assertion, outside of every
 * call of ours, when a connection without keep-alive ends or is reset while its response is paused: whoever pauses
 * must listen to the socket, and hear of it first.
 */
export class Brake {
  /** Known once the request has been written. */
  socket: Socket | undefined;
  private paused = false;

  constructor(private readonly controller: Dispatcher.DispatchController) {}

  /** Called while undici hands out bytes. */
  pause(): void {
    if (this.paused || !this.socket) return; // without a socket nobody would hear of its end
    this.paused = true;
    this.socket.prependListener('end', this.release);
    this.socket.prependListener('error', this.disguise);
    this.socket.on('error', this.reveal);
    this.controller.pause();
  }

  readonly release = (): void => {
    if (!this.paused) return;
    this.paused = false;
    this.socket?.off('end', this.release);
    this.socket?.off('error', this.disguise);
    this.socket?.off('error', this.reveal);
    this.controller.resume();
  };

  /** undici takes a reset, and that alone, for the end of the response. */
  private readonly disguise = (error: NodeJS.ErrnoException): void => {
    if (error.code === reset) error.code = disguised;
  };

  private readonly reveal = (error: NodeJS.ErrnoException): void => {
    if (error.code === disguised) error.code = reset;
  };
}

const reset = 'ECONNRESET';
const disguised = 'ECONNRESET while paused';
