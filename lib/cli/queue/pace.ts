import type { QueueCounts, QueueWorker } from '../../queue/request-queue.js';

/** How a queue stood at some moment. */
export interface QueueSample {
  /** Ms since 1970. */
  readonly at: number;
  readonly counts: QueueCounts;
  readonly workers: readonly QueueWorker[];
}

/** How fast it goes, in records per second. Undefined: nobody knows. */
export interface QueuePace {
  readonly all: number | undefined;
  /** By their id; each since it began, by its own clock. */
  readonly workers: ReadonlyMap<string, number>;
  /** Until all is done, in ms, if it goes on so. */
  readonly eta: number | undefined;
}

/** How far back one looks in ms. */
const span = 30_000;
/** Ms between two samples that say more than the workers do. */
const least = 900;

/** How fast a queue goes: as it was seen to go of late, else as its workers say. */
export class Pace {
  private samples: QueueSample[] = [];

  add(sample: QueueSample): QueuePace {
    this.samples.push(sample);
    const from = sample.at - span;
    while ((this.samples[1]?.at ?? Infinity) <= from) this.samples.shift();
    const workers = new Map(sample.workers.map((worker) => [worker.id, rateOf(worker, sample.at)]));
    const all = this.seen(sample) ?? sumOf(workers);
    const { total, done } = sample.counts;
    const eta = all === undefined || all === 0 ? undefined : ((total - done) / all) * 1_000;
    return { all, workers, eta };
  }

  /** As it was seen to go. */
  private seen({ at, counts }: QueueSample): number | undefined {
    const [first] = this.samples;
    if (!first || at - first.at < least) return undefined;
    return ((counts.done - first.counts.done) / (at - first.at)) * 1_000;
  }
}

/** Clocks of two machines may differ: never over less than a second. */
function rateOf({ stored, since }: QueueWorker, now: number): number {
  return (stored / Math.max(1_000, now - since)) * 1_000;
}

function sumOf(rates: ReadonlyMap<string, number>): number | undefined {
  if (rates.size === 0) return undefined;
  let sum = 0;
  for (const rate of rates.values()) sum += rate;
  return sum;
}
