const bins = 20;
const binWidth = 500;

/** Counts of the latest ten seconds: how fast it goes now. */
export class RateWindow {
  private readonly counts = new Float64Array(bins);
  /** The latest bin that was met; their numbers are times in half seconds. */
  private newest = 0;

  add(at: number, count: number): void {
    const bin = this.moveTo(at);
    this.counts[bin % bins] = (this.counts[bin % bins] ?? 0) + count;
  }

  /** Per second, of a run that began at `since`. */
  perSecond(now: number, since: number): number {
    this.moveTo(now);
    const from = Math.max(since, (this.newest - bins + 1) * binWidth);
    const sum = this.counts.reduce((total, count) => total + count, 0);
    return now > from ? (sum / (now - from)) * 1_000 : 0;
  }

  private moveTo(at: number): number {
    const bin = Math.max(0, Math.floor(at / binWidth));
    if (bin > this.newest + bins || bin <= this.newest - bins) {
      this.counts.fill(0); // nothing of it is in the window; or the clock was set back
      this.newest = bin;
    }
    while (this.newest < bin) this.counts[++this.newest % bins] = 0;
    return bin;
  }
}
