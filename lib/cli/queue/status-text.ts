import { durationText, grouped, rateText } from '../../observe/report/figures.js';
import { paintFor } from '../../observe/report/palette.js';
import { printable } from '../../observe/printable.js';
import { tableText } from '../../observe/report/text-layout.js';
import type { QueueCounts, QueueWorker } from '../../queue/request-queue.js';
import type { QueuePace, QueueSample } from './pace.js';

/** How a queue stands, for programs. */
export interface QueueStatus {
  readonly queue: string;
  readonly total: number;
  readonly queued: number;
  readonly leased: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Failures by kind. */
  readonly byKind: QueueCounts['failed'];
  /** Records per second; absent where nobody knows. */
  readonly rate?: number;
  /** Ms until all is done, if it goes on so; absent where nobody knows. */
  readonly eta?: number;
  readonly workers: readonly {
    readonly process: string;
    readonly held: number;
    readonly stored: number;
    /** Ms since 1970. */
    readonly since: number;
    /** Records per second since then. */
    readonly rate: number;
  }[];
}

/** @param queue its name in messages */
export function statusOf(queue: string, { counts, workers }: QueueSample, pace: QueuePace): QueueStatus {
  const { failed: byKind, done, ...others } = counts;
  const failed = Object.values(byKind).reduce((sum, count) => sum + count, 0);
  return {
    queue,
    ...others,
    done,
    succeeded: done - failed,
    failed,
    byKind,
    ...(pace.all !== undefined && { rate: rounded(pace.all) }),
    ...(pace.eta !== undefined && { eta: Math.round(pace.eta) }),
    workers: [...workers].sort(byComing).map(({ id, process, held, stored, since }) => ({
      process,
      held,
      stored,
      since,
      rate: rounded(pace.workers.get(id) ?? 0),
    })),
  };
}

/** As they came, so that each keeps its row from one drawing to the next. */
function byComing(one: QueueWorker, other: QueueWorker): number {
  return one.since - other.since || one.process.localeCompare(other.process) || (one.id < other.id ? -1 : 1);
}

/** The same for people. */
export function statusLines(status: QueueStatus, width: number, color: boolean): string[] {
  const { queue, total, queued, leased, done, succeeded, failed, byKind, rate, eta, workers } = status;
  const paint = paintFor(color);
  const share = total === 0 ? '' : `${Math.floor((100 * done) / total)}%`;
  const kinds = Object.entries(byKind)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${kind} ${grouped(count)}`)
    .join(', ');
  const left = eta === undefined || done === total ? '' : `, ETA ${durationText(eta)}`;
  const pace = rate === undefined ? [] : [['rate', `${rateText(rate)}/s${left}`, '']];
  const numbers = [
    ['queued', grouped(queued), ''],
    ['leased', grouped(leased), ''],
    ['done', grouped(done), share],
    ['succeeded', grouped(succeeded), ''],
    ['failed', grouped(failed), kinds],
  ];
  const widest = Math.max(...numbers.map(([, number = '']) => number.length));
  const lines = numbers.map(([name = '', number = '', more = '']) =>
    `  ${name.padEnd(11)}${number.padStart(widest)}  ${more}`.trimEnd(),
  );
  const table =
    workers.length === 0
      ? []
      : tableText(
          [
            ['Workers', 'held', 'stored', 'rate'],
            ...workers.map(({ process, held, stored, rate: own }) => [
              printable(process),
              grouped(held),
              grouped(stored),
              `${rateText(own)}/s`,
            ]),
          ],
          width - 2,
        );
  return [
    paint('bold', `${printable(queue)}: ${grouped(total)} URL${total === 1 ? '' : 's'}`.slice(0, width)),
    ...lines.map((line) => line.slice(0, width)),
    ...pace.map(([name = '', text = '']) => `  ${name.padEnd(11)}${text}`.slice(0, width)),
    ...(table.length > 0 ? ['', ...table] : []),
  ];
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
