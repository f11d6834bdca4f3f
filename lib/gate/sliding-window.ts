/** At most `limit` starts in any `per` ms. What is too much waits. */
export interface Rate {
  /** Most starts, from 1 up. */
  readonly limit: number;
  /** The length of the window in ms, above 0. */
  readonly per: number;
}

/** The window of a rate; undefined where it does not limit anything. */
export function windowOf(rate: Rate | undefined): SlidingWindow | undefined {
  return rate && rate.limit < Infinity ? new SlidingWindow(rate) : undefined;
}

/**
 * A rate kept exactly: a sliding window over the last `limit` starts. Delays, never drops.
 *
 * ```
 * limit 2 per 6 ms, all asked for at once
 * starts           (ab)--(cd)--(ef)      any window of 6 ms holds two at most
 * GCRA would give  (ab)-c--d--e--f       and a window that holds three: b c d
 * ```
 *
 * GCRA needs one number where this needs `limit` of them, but lets nearly twice the limit into one window
 * after a pause, and it is the window that servers count.
 */
export class SlidingWindow {
  /** The latest starts, a ring once it is full. */
  private readonly starts: number[] = [];
  private oldest = 0;

  constructor(private readonly rate: Rate) {}

  /** The earliest time of the next start. */
  get next(): number {
    return this.starts.length < this.rate.limit
      ? -Infinity
      : (this.starts[this.oldest] as number) + this.rate.per;
  }

  /** Nothing within the window is left at `now`: a new one would say the same. */
  isClear(now: number): boolean {
    const latest = this.starts[(this.oldest + this.starts.length - 1) % (this.starts.length || 1)];
    return latest === undefined || latest + this.rate.per <= now;
  }

  record(now: number): void {
    if (this.starts.length < this.rate.limit) {
      this.starts.push(now);
      return;
    }
    this.starts[this.oldest] = now;
    this.oldest = (this.oldest + 1) % this.rate.limit;
  }
}
