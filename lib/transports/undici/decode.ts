import { constants } from 'node:buffer';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { compact } from './own-memory.js';

type Callback = (error: Error | null, decoded: Buffer) => void;
interface Options {
  readonly maxOutputLength: number;
}

/** Undoes one coding. */
export interface Decoder {
  /** In this turn: faster than a stream while the body is small. */
  readonly now: (bytes: Uint8Array, options: Options) => Buffer;
  /** In the thread pool: a large body would stop everything else. */
  readonly later: (bytes: Uint8Array, options: Options, done: Callback) => void;
  /** Piece by piece, for a sink. */
  readonly stream: () => Transform;
}

const gzipDecoder: Decoder = { now: zlib.gunzipSync, later: zlib.gunzip, stream: zlib.createGunzip };
const brotliDecoder: Decoder = {
  now: zlib.brotliDecompressSync,
  later: zlib.brotliDecompress,
  stream: zlib.createBrotliDecompress,
};
const zlibDecoder: Decoder = { now: zlib.inflateSync, later: zlib.inflate, stream: zlib.createInflate };
const rawDecoder: Decoder = {
  now: zlib.inflateRawSync,
  later: zlib.inflateRaw,
  stream: zlib.createInflateRaw,
};

/** What zlib has of zstd from Node 22.15 on. */
interface Zstd {
  readonly zstdDecompressSync: Decoder['now'];
  readonly zstdDecompress: Decoder['later'];
  readonly createZstdDecompress: Decoder['stream'];
}
const { zstdDecompressSync, zstdDecompress, createZstdDecompress } = zlib as Partial<Zstd>;
const zstdDecoder: Decoder | undefined =
  zstdDecompressSync && zstdDecompress && createZstdDecompress
    ? { now: zstdDecompressSync, later: zstdDecompress, stream: createZstdDecompress }
    : undefined;

/** What Accept-Encoding asks for. */
export const acceptedEncodings = zstdDecoder ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** More codings on top of each other are no server's in earnest, and each multiplies the work. */
const maxCodings = 3;
/** Above this many bytes on the wire a body is decoded in the thread pool. */
const largeBody = 64 * 1024;
/** What a body may become whatever the ratio: the first byte of a gzip tells nothing of how it goes on. */
const alwaysFine = 1024 * 1024;

/** How many bytes may become of so many on the wire. @param ratio at most, beyond the first MiB */
export function mostDecoded(wireBytes: number, ratio: number, limit: number): number {
  return Math.min(limit, Math.max(alwaysFine, wireBytes * ratio));
}

/**
 * The codings of a Content-Encoding, in the order in which they were done.
 * @throws Error when there are too many
 */
export function codingsOf(encoding: string): string[] {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
  if (codings.length > maxCodings) {
    throw new Error(`${codings.length} codings, at most ${maxCodings} are undone`);
  }
  return codings;
}

/**
 * Undoes Content-Encoding, last one first, and calls back once: in this turn while the body is small.
 * Codings that are not known leave the body as it is, as browsers do. More than `limit` bytes are an
 * ERR_BUFFER_TOO_LARGE and are never held.
 */
export function decodeBody(encoding: string, bytes: Buffer, limit: number, done: Callback): void {
  let codings: string[];
  try {
    codings = codingsOf(encoding);
  } catch (error) {
    done(error as Error, bytes);
    return;
  }
  const options = { maxOutputLength: Math.min(limit, constants.MAX_LENGTH) };
  const next = (decoded: Buffer): void => {
    const coding = codings.pop();
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

/** What undoes a coding; undefined where it is not known. @param begins the first two bytes, at least */
export function decoderOf(coding: string, begins: Buffer): Decoder | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gzipDecoder;
    case 'br':
      return brotliDecoder;
    case 'zstd':
      return zstdDecoder;
    case 'deflate': // meant is zlib (RFC 9110 §8.4.1.2); some servers send it bare
      return hasZlibHeader(begins) ? zlibDecoder : rawDecoder;
    default:
      return undefined;
  }
}

/** RFC 1950 §2.2: method 8 and a checksum over two bytes. */
function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length > 1 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
