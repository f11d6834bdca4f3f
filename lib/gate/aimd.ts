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

/** Latencies that make a judgement: one slow answer is no sign. */
const round = 32;
/** A mean latency this many times the best one means that requests queue in the server. */
const tolerance = 1.15;
/** Rounds after which the best mean is forgotten, for when a server becomes slower for good. */
const memory = 16;

/**
 * A concurrency limit that finds its own height: additive increase while latency holds, multiplicative
 * decrease on overload and on rising latency, as TCP does with its window.
 *
 * ```
 * limit       4 8 16 32 64 128 67 33 34 35 … 54 37 38 …      capacity 40
 * latency     = =  =  =  =  ↑   ↑  =  =  = …  ↑  =  =
 * ```
 *
 * It doubles each round trip until the first sign of overload, then adds one each round trip. Latencies are
 * judged by the mean of a round of them, and only a rise that their own scatter does not explain counts. Of a
 * burst of bad signs only the first counts: attempts that started before the latest decrease tell of the height
 * that was left. Plain state; time is in the samples.
 */
export class Aimd {
  private height: number;
  private doubling = true;
  private decreasedAt = -Infinity;
  private latencies: number[] = [];
  private rounds = 0;
  private best = Infinity;
  private bestOfBefore = Infinity;

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
    if (this.latencies.push(endedAt - startedAt) === round) {
      const queueing = this.judge();
      // a little lower than where nothing would queue, so that the best latency is seen again
      if (queueing !== undefined) return this.decrease(Math.max(0.5, 0.9 / queueing), endedAt);
    }
    // a limit that is not reached proves nothing
    if (inFlight + 1 < this.height / 2) return this.limit;
    this.height = Math.min(this.bounds.max, this.height + (this.doubling ? 1 : 1 / this.height));
    return this.limit;
  }

  private decrease(factor: number, now: number): number {
    this.doubling = false;
    this.decreasedAt = now;
    this.latencies = [];
    this.height = Math.max(this.bounds.min, this.height * factor);
    return this.limit;
  }

  /** How many times the best latency a round took; undefined: no more than chance and the clock explain. */
  private judge(): number | undefined {
    const mean = sum(this.latencies) / round;
    const standardError = Math.sqrt(sum(this.latencies.map((latency) => (latency - mean) ** 2))) / round;
    this.latencies = [];
    const best = this.bestMean(mean);
    return mean > best * tolerance + 3 * standardError + 1 ? mean / best : undefined;
  }

  private bestMean(mean: number): number {
    if (this.rounds++ % memory === 0) {
      this.bestOfBefore = this.best;
      this.best = mean;
    }
    this.best = Math.min(this.best, mean);
    return Math.min(this.best, this.bestOfBefore);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
