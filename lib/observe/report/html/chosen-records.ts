import type { RecordLine } from '../record-line.js';
import type { Choice } from './report-data.js';

/** Records of each choice. */
const most = 100;

/** Chooses the records that the waterfall shows. */
export class ChosenRecords {
  private readonly slowest: RecordLine[] = [];
  private readonly failed: RecordLine[] = [];
  private readonly first: RecordLine[] = [];

  /** @param keep gives what may be kept of the record */
  add(line: RecordLine, keep: () => RecordLine): void {
    if (!line.ok && this.failed.length < most) this.failed.push(keep());
    insert(this.slowest, line, keep, (a, b) => lastingOf(b) - lastingOf(a));
    insert(this.first, line, keep, (a, b) => a.index - b.index);
  }

  choices(): Readonly<Record<Choice, readonly RecordLine[]>> {
    const { slowest, failed, first } = this;
    return { slowest, failed, first };
  }
}

/** From pulled to settled; from the first attempt on where that is not known. */
function lastingOf({ settled, duration }: RecordLine): number {
  return settled ?? duration;
}

/** Puts a record where it belongs, unless enough others come before it. */
function insert(
  sorted: RecordLine[],
  line: RecordLine,
  keep: () => RecordLine,
  order: (a: RecordLine, b: RecordLine) => number,
): void {
  const last = sorted.at(-1);
  if (sorted.length === most && last && order(line, last) >= 0) return;
  const place = sorted.findIndex((other) => order(line, other) < 0);
  sorted.splice(place === -1 ? sorted.length : place, 0, keep());
  if (sorted.length > most) sorted.pop();
}
