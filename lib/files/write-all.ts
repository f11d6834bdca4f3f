import { write } from 'node:fs';
import { setTimeout as passed } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeOnce = promisify(write);

/** How long somebody else's non-blocking pipe or terminal is left to itself when it is full, in ms. */
const pause = 5;

/**
 * Writes all of `chunk`: a disk that is nearly full takes a part of it, and fails with the next one.
 *
 * @param position where in the file; undefined: at its own
 * @param wrote is told of each part
 */
export async function writeAll(
  descriptor: number,
  chunk: Uint8Array,
  position: number | undefined,
  wrote: (bytes: number) => void = () => undefined,
): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    try {
      const at = position === undefined ? null : position + done;
      const { bytesWritten } = await writeOnce(descriptor, chunk, done, chunk.length - done, at);
      done += bytesWritten;
      wrote(bytesWritten);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await passed(pause);
    }
  }
}
