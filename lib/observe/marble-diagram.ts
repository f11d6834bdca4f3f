import type { FetchEvent } from '../model/event.js';
import { laneLabels } from './lane-label.js';
import { longest } from './printable.js';
import { laneText, type ColumnOf } from './lane-text.js';
import { checkCount } from './option-checks.js';
import { checkNames } from '../pipeline/option-names.js';
import { inputCount, tally } from './record-marks.js';
import { recordedRun, type RecordedRun } from './recorded-run.js';
import { recordsText, type NamedLine } from './records-text.js';
import { columnTime } from './time-scale.js';

/** Options of `marbleDiagram`. */
export interface MarbleDiagramOptions {
  /** Most characters of a lane, its label included; from 40 up. @default 100 */
  readonly width?: number;
  /** Most inputs that have a lane of their own; the others are summed up in one line. @default 40 */
  readonly rows?: number;
  /** Inputs of the whole run, where the events are those of its first inputs alone. @default those that the events tell of */
  readonly inputs?: number;
}

/** What is said of a run of which there is nothing to show. */
export const nothingHappened = 'No events: no input was pulled.';

/** Characters between a label and its lane. */
const gap = '  ';

/**
 * Draws a run as text: a time axis in ms, a lane for each input, the records at the end.
 *
 * ```
 * 3 inputs: 2 o, 1 x in 22 ms; a column is 1 ms
 * ms               0         10        20
 * a 0 http://a/    s-r--o
 * b 1 http://b/    s--w....s---o
 * c 2 http://c/          s-w......s------x
 * records          -----a------b---------C|
 * ```
 *
 * Of what falls in one column the most telling is shown, in this order:
 *
 * | mark    | what happened                               |
 * | ------- | ------------------------------------------- |
 * | `o` `x` | the record: a success, a failure            |
 * | `w`     | the attempt failed and another follows      |
 * | `s`     | an attempt starts                           |
 * | `r`     | the head of the response arrived            |
 * | `p`     | pulled, and not started in the same column  |
 * | `-` `.` | an attempt is under way; it waits           |
 *
 * So an attempt that started in the column of its `w`, `o` or `x` has no `s`. Up to 26 inputs have letters, small for
 * a success and capital for a failure, and records of one column stand below each other; of more inputs the
 * records of each column are counted. Without `|` some input has no record: the events end early, or somebody
 * unsubscribed. An index that another pipeline shares is `0/2`; to
 * tell such inputs apart for sure, give each pipeline an observer of its own. URLs are shown without credentials, cut in the middle,
 * and what is not printable ASCII as `\u{202e}`.
 *
 * @param events what the `events` option was told, in order
 * @returns lines, the last one without a line feed
 * @throws TypeError for a wrong option
 * @example
 * const events: FetchEvent[] = [];
 * fetchFrom(['http://localhost/'], { events: { next: (event) => events.push(event) } }).subscribe({
 *   complete: () => console.log(marbleDiagram(events)),
 * });
 */
export function marbleDiagram(events: Iterable<FetchEvent>, options: MarbleDiagramOptions = {}): string {
  const { width = 100, rows = 40, inputs = 0 } = options;
  checkNames('marbleDiagram', options, ['width', 'rows', 'inputs']);
  checkCount('marbleDiagram', 'width', width, 40);
  checkCount('marbleDiagram', 'rows', rows, 0, true);
  checkCount('marbleDiagram', 'inputs', inputs, 0);
  const run = recordedRun(events);
  if (run.lanes.length === 0) return nothingHappened;

  const labels = laneLabels(run, rows, Math.floor(width / 3));
  const margin = longest([...labels, 'records x']);
  const ms = columnTime(run.duration, width - margin - gap.length - 1);
  const columnOf: ColumnOf = (at) => Math.floor(at / ms);
  const lastColumn = columnOf(run.duration);

  const lines: NamedLine[] = [
    { name: 'ms', line: axis(lastColumn, ms, width - margin - gap.length) },
    ...labels.map((name, row) => {
      const lane = run.lanes[row];
      return { name, line: lane ? laneText(lane, columnOf, lastColumn) : '' };
    }),
    ...summary(run, rows),
    ...recordsText(run, columnOf, lastColumn),
  ];
  const duration = Math.round(run.duration);
  return [
    `${inputCount(run, inputs)}: ${tally(run.lanes)} in ${duration} ms; a column is ${ms} ms`,
    ...lines.map(({ name, line }) => `${name.padEnd(margin)}${gap}${line}`.trimEnd()),
  ].join('\n');
}

function summary({ lanes }: RecordedRun, rows: number): readonly NamedLine[] {
  const rest = lanes.slice(rows);
  return rest.length === 0 ? [] : [{ name: `… ${rest.length} more: ${tally(rest)}`, line: '' }];
}

/** The time of every tenth column, or of as many as have room. */
function axis(lastColumn: number, ms: number, most: number): string {
  const every = 10 * Math.ceil((String(lastColumn * ms).length + 2) / 10);
  let line = '';
  for (let column = 0; column <= lastColumn; column += every) {
    const time = String(column * ms);
    if (line.length <= column && column + time.length <= most) line = line.padEnd(column) + time;
  }
  return line;
}
