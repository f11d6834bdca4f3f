import { shownUrl } from '../../model/target.js';
import { DurationHistogram } from './duration-histogram.js';
import { FailureCounts, type FailureParts } from './failure-counts.js';
import type { Outcome } from './record-line.js';
import type { Percentiles, SlowRow, StatusRow } from './run-snapshot.js';

/** What is counted of records, whatever their time and host. */
export class RecordCounts {
  settled = 0;
  succeeded = 0;
  cancelled = 0;
  requests = 0;
  retries = 0;
  healed = 0;
  bytes = 0;
  wireBytes = 0;
  private readonly durations = new DurationHistogram();
  private longest = 0;
  private readonly failed = new FailureCounts();
  private readonly byStatus = new Map<number, number>();
  private slowRows: readonly SlowRow[] = [];

  constructor(private readonly mostSlow: number) {}

  add(outcome: Outcome): void {
    const { ok, attempts, duration, status, bytes = 0, wireBytes = 0, error } = outcome;
    this.settled++;
    this.requests += attempts;
    this.bytes += bytes;
    this.wireBytes += wireBytes;
    if (ok) this.succeeded++;
    if (attempts > 1) {
      this.retries += attempts - 1;
      if (ok) this.healed++;
    }
    if (status !== undefined) this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
    if (error?.kind === 'cancelled') this.cancelled++;
    else if (!ok) this.failed.add(outcome);
    if (attempts > 0) {
      this.durations.add(duration);
      this.longest = Math.max(this.longest, duration);
      this.addSlow(outcome);
    }
  }

  percentiles(): Percentiles | undefined {
    const { durations, longest: max } = this;
    if (durations.count === 0) return undefined;
    const [p50, p90, p95, p99] = [50, 90, 95, 99].map((share) => Math.min(max, durations.percentile(share)));
    return { p50, p90, p95, p99, max } as Percentiles; // map forgets that it gives four
  }

  failures(): FailureParts {
    return this.failed.snapshot();
  }

  statuses(): StatusRow[] {
    return [...this.byStatus]
      .map(([status, count]) => ({ status, count }))
      .sort((a, b) => a.status - b.status);
  }

  slowest(): readonly SlowRow[] {
    return this.slowRows;
  }

  private addSlow({ request, duration, attempts, ok, error }: Outcome): void {
    const { slowRows, mostSlow } = this;
    if (slowRows.length >= mostSlow && duration <= (slowRows.at(-1)?.duration ?? Infinity)) return;
    const place = slowRows.findIndex((row) => row.duration < duration);
    const row = { url: shownUrl(request.url), duration, attempts, ok, ...(error && { kind: error.kind }) };
    this.slowRows = slowRows.toSpliced(place === -1 ? slowRows.length : place, 0, row).slice(0, mostSlow);
  }
}
