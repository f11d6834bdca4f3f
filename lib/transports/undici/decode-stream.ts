import { pipeline } from 'node:stream';
import { decoderOf } from './decode.js';

/** Undoes codings piece by piece, last one first. Errors as zlib does where the body is not what it should be. */
export function decodedStream(
  codings: readonly string[],
  wire: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  return codings.reduceRight((source, coding) => undone(coding, source), wire);
}

async function* undone(coding: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const pieces = source[Symbol.asyncIterator]();
  let begins: Buffer = Buffer.alloc(0);
  while (begins.length < 2) {
    const next = await pieces.next();
    if (next.done === true) break;
    begins = begins.length === 0 ? next.value : Buffer.concat([begins, next.value]);
  }
  if (begins.length === 0) return; // no body, no coding of it
  const decoder = decoderOf(coding, begins);
  const whole = rejoined(begins, pieces);
  if (!decoder) yield* whole;
  // a failure reaches who iterates; the callback is there because pipeline insists
  else yield* pipeline(whole, decoder.stream(), () => undefined) as AsyncIterable<Buffer>;
}

async function* rejoined(begins: Buffer, pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield begins;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}
