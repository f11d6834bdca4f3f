import type { FailureKind } from '../../../model/fetch-error.js';
import type { RecordLine } from '../record-line.js';
import type { FailureCell } from './report-data.js';

/** Cells that are counted apart; the failures of further hosts share those of their kind and status. */
const mostCells = 1_000;
/** Samples of a cell, of a kind whatever its cells, and of all. */
const perCell = 2;
const perKind = 12;
const mostSamples = 300;

/** Failures of one kind, status and host. */
interface FailureTally {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** Undefined: of hosts that have no cell of their own. */
  readonly host: string | undefined;
  count: number;
  readonly samples: RecordLine[];
}

/** Counts failures by kind, status and host, and keeps some of each. */
export class FailureCells {
  private readonly tallies = new Map<string, FailureTally>();
  private readonly samplesOf = new Map<FailureKind, number>();
  private kept = 0;

  /** @param keep gives what may be kept of the record */
  add(host: string, { error, status: seen }: RecordLine, keep: () => RecordLine): void {
    if (!error) return;
    const { kind, status = seen } = error;
    const cell = this.cellOf(kind, status, host);
    cell.count++;
    const ofKind = this.samplesOf.get(kind) ?? 0;
    const isWanted = ofKind < perKind || (cell.samples.length < perCell && this.kept < mostSamples);
    if (!isWanted) return;
    cell.samples.push(keep());
    this.samplesOf.set(kind, ofKind + 1);
    this.kept++;
  }

  /** The most frequent first. @param placesOf says where samples are in the page's list */
  cells(placesOf: (lines: readonly RecordLine[]) => readonly number[]): readonly FailureCell[] {
    const tallies = [...this.tallies.values()].sort((a, b) => b.count - a.count);
    return tallies.map(({ kind, status, host, count, samples }) => ({
      kind,
      ...(status !== undefined && { status }),
      ...(host !== undefined && { host }),
      count,
      samples: placesOf(samples),
    }));
  }

  private cellOf(kind: FailureKind, status: number | undefined, host: string | undefined): FailureTally {
    const key = JSON.stringify([kind, status, host]);
    const known = this.tallies.get(key);
    if (known) return known;
    if (host !== undefined && this.tallies.size >= mostCells) return this.cellOf(kind, status, undefined);
    const cell: FailureTally = { kind, status, host, count: 0, samples: [] };
    this.tallies.set(key, cell);
    return cell;
  }
}
