/** The right name a typing error was probably meant to be, if there is one near enough. */
export function nearestOf(name: string, names: readonly string[]): string | undefined {
  const near = names
    .map((candidate) => ({ candidate, distance: distanceOf(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 2))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** How much of the longer one is left between the same beginning and the same end: a slip is in one place. */
function distanceOf(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - same && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - same - end;
}
