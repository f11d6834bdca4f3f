import { fstat, ftruncate } from 'node:fs';
import { promisify } from 'node:util';
import type { Output } from '../../files/output.js';
import { OutputError } from '../../files/output-error.js';
import { writeAll } from '../../files/write-all.js';

const statusOf = promisify(fstat);
const truncate = promisify(ftruncate);

/**
 * A file that the shell has opened: `sluice … > FILE`. Node's own stream for it takes a part that was written for the
 * whole, which is what a disk does that is nearly full.
 */
export class DescriptorOutput implements Output {
  /** Its size before it was first written; undefined: not known yet. */
  private sizeBefore: number | undefined;
  /** Bytes that were written. */
  private written = 0;

  constructor(
    private readonly descriptor: number,
    readonly name: string,
  ) {}

  async write(chunk: Uint8Array): Promise<void> {
    const whole = this.written;
    try {
      this.sizeBefore ??= (await statusOf(this.descriptor)).size;
      await writeAll(this.descriptor, chunk, undefined, (bytes) => {
        this.written += bytes;
      });
    } catch (error) {
      await this.takeBack(this.written - whole);
      throw new OutputError(this.name, error);
    }
  }

  end(): Promise<void> {
    return Promise.resolve(); // it is the shell's
  }

  /** Takes the torn end back, where it is sure to be the end: the file has grown by just what was written here. */
  private async takeBack(torn: number): Promise<void> {
    if (torn === 0) return;
    try {
      const status = await statusOf(this.descriptor);
      if (!status.isFile() || status.size !== (this.sizeBefore ?? 0) + this.written) return;
      await truncate(this.descriptor, status.size - torn);
    } catch {
      // it stays, and the error that is about to be told says that the file is not whole
    }
  }
}
