/** What every contestant gets to do. */
export const concurrency = 64;
export const pageBytes = 1024;

/**
 * Distinct URLs of the same page, made as they are asked for.
 * @param {(pulled: number) => void} [onPull] told how many were pulled, before each
 */
export function* urls(origin, count, onPull) {
  for (let i = 0; i < count; i++) {
    onPull?.(i);
    yield `${origin}/page?i=${i}`;
  }
}

/** What a contestant hands back: how many pages it got and how long they were. */
export function tally(bodies) {
  let bytes = 0;
  for (const body of bodies) bytes += body.byteLength;
  return { pages: bodies.length, bytes };
}
