import { constants } from 'node:buffer';
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

type Callback = (error: Error | null, decoded: Buffer) => void;
interface Options {
  readonly maxOutputLength: number;
}

interface Decoder {
  /** In this turn: faster than a stream while the body is small. */
  readonly now: (bytes: Uint8Array, options: Options) => Buffer;
  /** In the thread pool: a large body would stop everything else. */
  readonly later: (bytes: Uint8Array, options: Options, done: Callback) => void;
}

const gzipDecoder: Decoder = { now: gunzipSync, later: gunzip };
const brotliDecoder: Decoder = { now: brotliDecompressSync, later: brotliDecompress };
const zlibDecoder: Decoder = { now: inflateSync, later: inflate };
const rawDecoder: Decoder = { now: inflateRawSync, later: inflateRaw };

/** More codings on top of each other are no server's in earnest, and each multiplies the work. curl stops here, too. */
const maxCodings = 5;
/** Above this many bytes on the wire a body is decoded in the thread pool. */
const largeBody = 64 * 1024;

/**
 * Undoes Content-Encoding, last one first, and calls back once: in this turn while the body is small.
 * Codings that are not known leave the body as it is, as browsers do. More than `limit` bytes are an
 * ERR_BUFFER_TOO_LARGE and are never held.
 */
export function decodeBody(encoding: string, bytes: Buffer, limit: number, done: Callback): void {
  const codings = encoding.toLowerCase().split(',');
  if (codings.length > maxCodings) {
    done(new Error(`${codings.length} codings, at most ${maxCodings} are undone`), bytes);
    return;
  }
  const options = { maxOutputLength: Math.min(limit, constants.MAX_LENGTH) };
  const next = (decoded: Buffer): void => {
    const coding = codings.pop()?.trim();
    if (coding === undefined) {
      done(null, compact(decoded));
      return;
    }
    const decoder = decoderOf(coding, decoded);
    if (!decoder || decoded.length === 0) next(decoded);
    else run(decoder, decoded, options, next, done);
  };
  next(bytes);
}

function run(
  decoder: Decoder,
  bytes: Buffer,
  options: Options,
  next: (bytes: Buffer) => void,
  done: Callback,
): void {
  if (bytes.length > largeBody) {
    decoder.later(bytes, options, (error, decoded) => {
      if (error) done(error, bytes);
      else next(decoded);
    });
    return;
  }
  let decoded: Buffer;
  try {
    decoded = decoder.now(bytes, options);
  } catch (error) {
    done(error as Error, bytes);
    return;
  }
  next(decoded);
}

function decoderOf(coding: string, bytes: Buffer): Decoder | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gzipDecoder;
    case 'br':
      return brotliDecoder;
    case 'deflate': // meant is zlib (RFC 9110 §8.4.1.2); some servers send it bare
      return hasZlibHeader(bytes) ? zlibDecoder : rawDecoder;
    default:
      return undefined;
  }
}

/** zlib gives out a view of 16 KiB, however little is in it: a kept page of 1 KiB would hold all of them. */
function compact(bytes: Buffer): Buffer {
  return bytes.length * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes;
}

/** RFC 1950 §2.2: method 8 and a checksum over two bytes. */
function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length > 1 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
