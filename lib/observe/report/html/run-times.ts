import type { RecordLine } from '../record-line.js';
import type { Series } from './report-data.js';
import { TimeSeries } from './time-series.js';

/** When a run began and ended, and what it did in between. */
export class RunTimes {
  private first = Infinity;
  private last = -Infinity;
  private readonly times = new TimeSeries();

  add({ ok, bytes = 0, pulled, settled, tries = [] }: RecordLine): void {
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

  /** When the first input was pulled; undefined where no record says so. */
  get begin(): number | undefined {
    return this.first === Infinity ? undefined : this.first;
  }

  /** From the first pull to the last record in ms. */
  get duration(): number | undefined {
    return this.begin === undefined ? undefined : this.last - this.begin;
  }

  series(): Series | undefined {
    return this.begin === undefined ? undefined : this.times.since(this.begin);
  }
}
