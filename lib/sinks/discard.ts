import type { Sink } from '../model/sink.js';

/** What {@link discard} makes of a body. */
export interface SunkBytes {
  /** Bytes of the body, decoded. */
  readonly bytes: number;
}

/**
 * A sink that reads a body to its end, so that it is known to be whole, and keeps none of it.
 *
 * @example
 * const sink = discard();
 * fetchFrom(urls, { sink, project: (page) => sunkOf(sink, page).bytes }).subscribe((result) => {
 *   console.log(result.ok ? result.value : result.error.kind);
 * });
 */
export function discard(): Sink<SunkBytes> {
  return () => {
    let bytes = 0;
    return {
      write: (chunk) => void (bytes += chunk.length),
      close: () => ({ bytes }),
      abort: () => undefined,
    };
  };
}
