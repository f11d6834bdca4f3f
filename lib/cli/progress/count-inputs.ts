import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { RunPlan } from '../run-plan.js';

/** Bytes that are read at once: between two reads the run goes on. */
const highWaterMark = 256 * 1024;

/**
 * How many inputs a run has to fetch, so that there is something to be done of. Undefined where that is not known before
 * they are read: a queue, stdin, a pipe, what is packed, a file that cannot be read.
 */
export async function countInputs(
  { urls, files, earlier = 0, areQueued = false }: RunPlan['inputs'],
  signal: AbortSignal,
): Promise<number | undefined> {
  if (areQueued) return undefined;
  try {
    let count = urls.length - earlier;
    for (const file of files) {
      if (file === '-' || /\.gz$/i.test(file) || !(await stat(file)).isFile()) return undefined;
      count += await countLines(file, signal);
    }
    return count;
  } catch {
    return undefined; // who reads it for its URLs says why it cannot be read
  }
}

/** Lines that are neither blank nor a comment. */
async function countLines(file: string, signal: AbortSignal): Promise<number> {
  const lines = new LineCount();
  for await (const chunk of createReadStream(file, { highWaterMark, signal })) lines.add(chunk as Buffer);
  return lines.count;
}

const lineFeed = 0x0a;
const hash = 0x23;
/** Space, tab, line feed, vertical tab, form feed, carriage return; and the bytes of a byte order mark. */
const blanks = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0xef, 0xbb, 0xbf]);

/** Counts lines as their bytes come. */
class LineCount {
  count = 0;
  /** Nothing of the line has been met yet but blanks. */
  private isBlank = true;

  add(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (!this.isBlank) {
        const end = chunk.indexOf(lineFeed, at);
        if (end === -1) return;
        this.isBlank = true;
        at = end;
      } else if (!blanks.has(chunk[at] ?? 0)) {
        this.isBlank = false;
        if (chunk[at] !== hash) this.count++;
      }
      at++;
    }
  }
}
