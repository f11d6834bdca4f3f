/**
 * A `random` for a pipeline's options that says the same numbers in every run: Steele and Vigna's SplitMix, in 32
 * bits.
 *
 * @param seed a whole number; another seed gives other numbers
 * @returns a function that returns numbers from 0 up to, not including, 1
 * @example
 * fetchFrom(urls, { random: seeded(7) });
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
