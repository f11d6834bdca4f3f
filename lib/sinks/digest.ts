import { createHash, getHashes } from 'node:crypto';
import type { Sink } from '../model/sink.js';

/** What {@link digest} makes of a body. */
export interface SunkDigest {
  /** Of the decoded body, in hexadecimal digits. */
  readonly hex: string;
  /** Bytes of the body, decoded. */
  readonly bytes: number;
}

/**
 * A sink that makes a digest of a body and keeps none of it.
 *
 * @param algorithm one of `crypto.getHashes()`
 * @throws TypeError for another one, when called
 * @example
 * const sink = digest('sha256');
 * fetchFrom(urls, { sink, project: (page) => sunkOf(sink, page).hex }).subscribe((result) => {
 *   console.log(result.ok ? result.value : result.error.kind);
 * });
 */
export function digest(algorithm: string): Sink<SunkDigest> {
  if (!getHashes().includes(algorithm)) {
    throw new TypeError(
      `digest: expected an algorithm of crypto.getHashes() such as 'sha256', got ${JSON.stringify(algorithm)}`,
    );
  }
  return () => {
    const hash = createHash(algorithm);
    let bytes = 0;
    return {
      write(chunk) {
        bytes += chunk.length;
        hash.update(chunk);
      },
      close: () => ({ hex: hash.digest('hex'), bytes }),
      abort: () => undefined,
    };
  };
}
