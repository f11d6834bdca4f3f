import type { FailureKind } from '../../../model/fetch-error.js';
import type { RecordLine } from '../record-line.js';
import type { ReportData, Totals } from './report-data.js';
import { TimeSeries } from './time-series.js';

/** Statuses that are told apart: there are no more but in a made-up file. */
const mostStatuses = 200;

/** What is counted of all records of a run, and when they came. */
export class RunTally {
  private records = 0;
  private ok = 0;
  private attempts = 0;
  private bytes = 0;
  private first = Infinity;
  private last = -Infinity;
  private readonly kinds = new Map<FailureKind | 'ok', number>();
  private readonly statuses = new Map<number, number>();
  private readonly times = new TimeSeries();

  add(line: RecordLine): void {
    const { ok, attempts, bytes = 0, status, error } = line;
    this.records++;
    if (ok) this.ok++;
    this.attempts += attempts;
    this.bytes += bytes;
    increase(this.kinds, error?.kind ?? 'ok');
    if (status !== undefined && (this.statuses.has(status) || this.statuses.size < mostStatuses)) {
      increase(this.statuses, status);
    }
    this.addTimes(line);
  }

  /** When the first input was pulled; undefined where no record says so. */
  get begin(): number | undefined {
    return this.first === Infinity ? undefined : this.first;
  }

  totals(): Totals {
    const { records, ok, attempts, bytes, begin, last } = this;
    const duration = begin === undefined ? undefined : last - begin;
    const statuses = [...this.statuses].sort(([a], [b]) => a - b);
    return { records, ok, attempts, bytes, begin, duration, statuses };
  }

  outcomes(): ReportData['outcomes'] {
    return [...this.kinds].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
  }

  series(): ReportData['series'] {
    return this.begin === undefined ? undefined : this.times.since(this.begin);
  }

  private addTimes({ ok, bytes = 0, pulled, settled, tries = [] }: RecordLine): void {
    if (pulled === undefined || settled === undefined) return;
    this.first = Math.min(this.first, pulled);
    this.last = Math.max(this.last, pulled + settled);
    let since = 0;
    for (const { start, end } of tries) {
      this.times.spend('waiting', pulled + since, pulled + start);
      this.times.spend('busy', pulled + start, pulled + end);
      since = end;
    }
    this.times.spend('waiting', pulled + since, pulled + settled);
    this.times.settle(pulled + settled, ok, bytes);
  }
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
