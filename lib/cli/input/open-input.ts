import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes that are read at once. */
const highWaterMark = 256 * 1024;

/** The bytes of an input: `-` is stdin, `.gz` is unpacked. Errors come when it is read. */
export function openInput(file: string, stdin: () => Readable): Readable {
  if (file === '-') return stdin();
  const bytes = pipeOf(file) ?? createReadStream(file, { highWaterMark });
  if (!/\.gz$/i.test(file)) return bytes;
  const plain = createGunzip({ chunkSize: highWaterMark });
  pipeline(bytes, plain, () => undefined); // who reads `plain` hears of its errors
  return plain;
}

/**
 * A named pipe, or one that the shell makes of `<(…)`. As a file, a thread would wait for who writes to it, and neither
 * Ctrl-C nor the end of the process could interrupt that.
 */
function pipeOf(file: string): Readable | undefined {
  try {
    if (!statSync(file).isFIFO()) return undefined;
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd: descriptor, readable: true, writable: false });
  } catch {
    return undefined; // reading it as a file says why it cannot be read
  }
}
