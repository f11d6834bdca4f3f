import { DurationHistogram } from '../duration-histogram.js';
import type { RecordLine } from '../record-line.js';
import type { Latency, LatencyBar } from './report-data.js';

/** Bars from one duration to its double. */
const perDoubling = 4;
const percents = [50, 75, 90, 95, 99, 99.9];

/** How long records took, successes and failures apart. */
export class LatencyTally {
  private readonly ok = new DurationHistogram();
  private readonly failed = new DurationHistogram();
  private most = 0;

  /** A record without an attempt took no time that could be compared with that of others. */
  add({ ok, attempts, duration }: RecordLine): void {
    if (attempts === 0) return;
    this[ok ? 'ok' : 'failed'].add(duration);
    this.most = Math.max(this.most, duration);
  }

  latency(): Latency {
    const all = new DurationHistogram();
    all.addAll(this.ok);
    all.addAll(this.failed);
    return {
      count: all.count,
      bars: barsOf(counted(this.ok), counted(this.failed)),
      percentiles:
        all.count === 0 ? [] : percents.map((percent) => [percent, all.percentile(percent)] as const),
      most: this.most,
    };
  }
}

/** How many durations are in each bar, by its number. */
function counted(durations: DurationHistogram): ReadonlyMap<number, number> {
  const bars = new Map<number, number>();
  for (const [ms, count] of durations.entries()) {
    const bar = ms < 1 ? -1 : Math.floor(Math.log2(ms) * perDoubling);
    bars.set(bar, (bars.get(bar) ?? 0) + count);
  }
  return bars;
}

/** From the first bar that has any to the last one, those between that have none included. */
function barsOf(ok: ReadonlyMap<number, number>, failed: ReadonlyMap<number, number>): readonly LatencyBar[] {
  const numbers = [...ok.keys(), ...failed.keys()];
  if (numbers.length === 0) return [];
  const first = Math.min(...numbers);
  return Array.from({ length: Math.max(...numbers) - first + 1 }, (_, place) => {
    const bar = first + place;
    return { from: edgeOf(bar), to: edgeOf(bar + 1), ok: ok.get(bar) ?? 0, failed: failed.get(bar) ?? 0 };
  });
}

function edgeOf(bar: number): number {
  return bar < 0 ? 0 : Math.round(2 ** (bar / perDoubling) * 100) / 100;
}
