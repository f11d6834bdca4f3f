import { open } from 'node:fs/promises';
import type { Page } from '../../model/page.js';

/** A body that may be read more than once. */
export interface Payload {
  readonly bytes: number;
  /** It went elsewhere, and nobody can say what it was. */
  readonly isLost: boolean;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** To be called when it is not read again. */
  close(): Promise<void>;
}

/** The body in memory. */
export function inMemory(body: Uint8Array): Payload {
  return {
    bytes: body.length,
    isLost: false,
    pieces: () => (body.length === 0 ? [] : [body]),
    close: () => Promise.resolve(),
  };
}

/** The body of a page: in memory, in the file that a sink has made of it, or gone with a sink that keeps none. */
export async function payloadOf({ body, sunk }: Page): Promise<Payload> {
  if (sunk === undefined) return inMemory(body);
  const { path } = sunk as { readonly path?: unknown };
  const file = typeof path === 'string' ? await fileOf(path) : undefined;
  return file ?? { ...inMemory(body), isLost: true };
}

/** Held open: a later body of the same name takes the file's place, and not its content. */
async function fileOf(path: string): Promise<Payload | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return undefined;
  const { size } = await handle.stat();
  return {
    bytes: size,
    isLost: false,
    pieces: () => (size === 0 ? [] : handle.createReadStream({ start: 0, end: size - 1, autoClose: false })),
    close: () => handle.close(),
  };
}
