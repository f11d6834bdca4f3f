/** About 25 days: what is longer counts as this long. */
const longest = 2 ** 31;

/**
 * Counts durations in buckets: of 1 ms up to as many ms as there are buckets to an octave, from there on of 1 in so
 * many. Whole ms come back as they were, longer ones with half that error. It grows with the longest it has met.
 */
export class DurationHistogram {
  private counts = new Float64Array(16);
  private size = 0;

  /** @param octave buckets from a duration to its double: 256 are exact to 0.2 % and take 50 kB at most, 64 to 0.6 % and 14 kB */
  constructor(private readonly octave: 64 | 256 = 256) {}

  /** How many it has counted. */
  get count(): number {
    return this.size;
  }

  add(ms: number): void {
    const bucket = this.bucketOf(ms);
    this.reserve(bucket + 1);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.size++;
  }

  /** Counts all that another one has, which has as many buckets to an octave. */
  addAll({ counts, size }: DurationHistogram): void {
    this.reserve(counts.length);
    for (let bucket = 0; bucket < counts.length; bucket++) {
      this.counts[bucket] = (this.counts[bucket] ?? 0) + (counts[bucket] ?? 0);
    }
    this.size += size;
  }

  /** The smallest duration that at least `share` percent of them do not exceed, by nearest rank; 0 of none. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil((share / 100) * this.size));
    let below = 0;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      below += this.counts[bucket] ?? 0;
      if (below >= rank) return this.middleOf(bucket);
    }
    return 0;
  }

  /** Durations that were counted and how often, the shortest first. */
  *entries(): Iterable<readonly [ms: number, count: number]> {
    for (const [bucket, count] of this.counts.entries()) if (count > 0) yield [this.middleOf(bucket), count];
  }

  private reserve(length: number): void {
    if (length <= this.counts.length) return;
    const larger = new Float64Array(Math.max(length, this.counts.length * 2));
    larger.set(this.counts);
    this.counts = larger;
  }

  private bucketOf(ms: number): number {
    const { octave } = this;
    if (!(ms > 0)) return 0;
    const held = Math.min(ms, longest);
    return Math.round(held < octave ? held : octave + octave * Math.log2(held / octave));
  }

  private middleOf(bucket: number): number {
    const { octave } = this;
    return bucket <= octave ? bucket : Math.round(octave * 2 ** ((bucket - octave) / octave));
  }
}
