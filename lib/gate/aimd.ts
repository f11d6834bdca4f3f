/** Bounds of an adaptive limit. */
export interface AimdBounds {
  readonly min: number;
  readonly max: number;
}

/** How an attempt went, as far as a limit learns from it. */
export interface Sample {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `overload`: 429, 503, a timeout. `useless`: says nothing of the server's load. */
  readonly outcome: 'answered' | 'overload' | 'useless';
}

/** A latency this many times the best one seen means that requests queue in the server. */
const tolerance = 1.25;
/** Samples after which the best latency seen is forgotten, for when a server becomes slower for good. */
const memory = 500;

/**
 * A concurrency limit that finds its own height: additive increase while latency holds, multiplicative
 * decrease on overload and on rising latency, as TCP does with its window.
 *
 * ```
 * limit       4 8 16 32 64 44 45 46 47 48 40 41 …      capacity 40
 * latency     = =  =  = ↑  =  =  =  =  ↑  =
 * ```
 *
 * It doubles each round trip until the first sign of overload, then adds one each round trip. Of a burst of bad
 * signs only the first counts: attempts that started before the latest decrease tell of the height that
 * was left. Plain state; time is in the samples.
 */
export class Aimd {
  private height: number;
  private doubling = true;
  private decreasedAt = -Infinity;
  private best = Infinity;
  private bestOfBefore = Infinity;
  private samples = 0;
  /** Latency of late, smoothed: one slow answer is no sign. */
  private recent: number | undefined;

  constructor(private readonly bounds: AimdBounds) {
    this.height = bounds.min;
  }

  get limit(): number {
    return Math.floor(this.height);
  }

  /** Learns from an attempt that has ended, while `inFlight` others were under way. @returns the new limit */
  learn({ startedAt, endedAt, outcome }: Sample, inFlight: number): number {
    if (outcome === 'useless' || startedAt < this.decreasedAt) return this.limit;
    if (outcome === 'overload') return this.decrease(0.5, endedAt);
    const latency = endedAt - startedAt;
    this.recent =
      this.recent === undefined ? latency : this.recent + (latency - this.recent) / (this.doubling ? 2 : 8);
    const best = this.bestLatency(latency);
    // a millisecond more is the clock, not the server
    if (this.recent > best * tolerance + 1) {
      return this.decrease(Math.min(0.9, Math.max(0.5, (best * tolerance) / this.recent)), endedAt);
    }
    // a limit that is not reached proves nothing
    if (inFlight + 1 < this.height / 2) return this.limit;
    this.height = Math.min(this.bounds.max, this.height + (this.doubling ? 1 : 1 / this.height));
    return this.limit;
  }

  private decrease(factor: number, now: number): number {
    this.doubling = false;
    this.decreasedAt = now;
    this.recent = undefined;
    this.height = Math.max(this.bounds.min, this.height * factor);
    return this.limit;
  }

  private bestLatency(latency: number): number {
    if (++this.samples % memory === 0) {
      this.bestOfBefore = this.best;
      this.best = latency;
    }
    this.best = Math.min(this.best, latency);
    return Math.min(this.best, this.bestOfBefore);
  }
}
