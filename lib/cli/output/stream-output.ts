import type { Writable } from 'node:stream';
import type { Output } from '../../files/output.js';
import { OutputError } from '../../files/output-error.js';

/** A pipe or a terminal. */
export class StreamOutput implements Output {
  constructor(
    private readonly stream: Writable,
    readonly name: string,
  ) {
    stream.on('error', () => undefined); // each write hears of it; a pipe may close later, too
  }

  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.stream.write(chunk, (error) => {
        if (error) reject(new OutputError(this.name, error));
        else resolve();
      });
    });
  }

  end(): Promise<void> {
    return Promise.resolve(); // it is the shell's
  }
}
