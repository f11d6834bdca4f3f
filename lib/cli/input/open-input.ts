import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes that are read at once. */
const highWaterMark = 256 * 1024;

/** The bytes of an input: `-` is stdin, `.gz` is unpacked. Errors come when it is read. */
export function openInput(file: string, stdin: () => Readable): Readable {
  if (file === '-') return stdin();
  const bytes = createReadStream(file, { highWaterMark });
  if (!/\.gz$/i.test(file)) return bytes;
  const plain = createGunzip({ chunkSize: highWaterMark });
  pipeline(bytes, plain, () => undefined); // who reads `plain` hears of its errors
  return plain;
}
