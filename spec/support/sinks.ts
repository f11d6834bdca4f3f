import type { Sink, SinkHead } from '../../lib/model/sink.js';

/** A sink that writes down what it is told, and keeps what it gets. */
export class NotingSink {
  readonly heads: SinkHead[] = [];
  readonly calls: string[] = [];
  readonly errors: Error[] = [];
  readonly chunks: Uint8Array[] = [];
  /** What each write waits for. */
  hold: Promise<unknown> | undefined;
  private busy = false;

  readonly sink: Sink<string> = (head) => {
    this.heads.push(head);
    this.calls.push('open');
    return {
      write: async (chunk) => {
        if (this.calls.at(-1) !== 'write') this.calls.push('write');
        if (this.busy) throw new Error('two calls at once');
        this.busy = true;
        this.chunks.push(chunk);
        await this.hold;
        this.busy = false;
      },
      close: () => {
        this.calls.push('close');
        return 'sunk';
      },
      abort: (error) => {
        this.calls.push('abort');
        this.errors.push(error);
      },
    };
  };

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
