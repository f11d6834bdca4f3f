/** Up to this many ms each whole ms is counted for itself; from here on an octave has as many buckets. */
const linear = 64;
/** About 25 days: what is longer counts as this long. */
const longest = 2 ** 31;

/**
 * Counts durations in buckets of 1 ms, from 64 ms on of 1 %: whole ms come back as they were, longer ones to half a
 * percent, and it holds 7 kB at most. It grows with the longest it has met, as there is one for each host.
 */
export class DurationHistogram {
  private counts = new Float64Array(16);
  private size = 0;

  /** How many it has counted. */
  get count(): number {
    return this.size;
  }

  add(ms: number): void {
    const bucket = bucketOf(ms);
    this.reserve(bucket + 1);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.size++;
  }

  /** Counts all that another one has. */
  addAll({ counts, size }: DurationHistogram): void {
    this.reserve(counts.length);
    counts.forEach((count, bucket) => (this.counts[bucket] = (this.counts[bucket] ?? 0) + count));
    this.size += size;
  }

  /** The smallest duration that at least `share` percent of them do not exceed, by nearest rank; 0 of none. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil((share / 100) * this.size));
    let below = 0;
    const bucket = this.counts.findIndex((count) => (below += count) >= rank);
    return bucket === -1 ? 0 : middleOf(bucket);
  }

  /** Durations that were counted and how often, the shortest first. */
  *entries(): Iterable<readonly [ms: number, count: number]> {
    for (const [bucket, count] of this.counts.entries()) if (count > 0) yield [middleOf(bucket), count];
  }

  private reserve(length: number): void {
    if (length <= this.counts.length) return;
    const larger = new Float64Array(Math.max(length, this.counts.length * 2));
    larger.set(this.counts);
    this.counts = larger;
  }
}

function bucketOf(ms: number): number {
  if (!(ms > 0)) return 0;
  const held = Math.min(ms, longest);
  return held < linear ? Math.round(held) : Math.round(linear + linear * Math.log2(held / linear));
}

function middleOf(bucket: number): number {
  return bucket <= linear ? bucket : Math.round(linear * 2 ** ((bucket - linear) / linear));
}
