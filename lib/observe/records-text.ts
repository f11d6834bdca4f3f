import type { ColumnOf } from './lane-text.js';
import { hasLetters, isFinished, recordMarks, type RecordMark } from './record-marks.js';
import type { RecordedRun } from './recorded-run.js';

/** A line of the diagram and what it is called. */
export interface NamedLine {
  readonly name: string;
  readonly line: string;
}

/**
 * The output lane. With letters for the inputs, records of one column stand below each other; without, one line
 * counts the successes of each column and another the failures, `+` for ten or more. `|` follows the last record
 * when every input has its own.
 */
export function recordsText(run: RecordedRun, columnOf: ColumnOf, lastColumn: number): readonly NamedLine[] {
  const marks = recordMarks(run);
  const end = isFinished(run) ? columnOf(marks.at(-1)?.at ?? 0) : lastColumn;
  const close = isFinished(run) ? '|' : '';
  const line = (chars: readonly string[]): string =>
    Array.from({ length: end + 1 }, (_, column) => chars[column] ?? '-').join('') + close;

  if (!hasLetters(run)) {
    return [
      {
        name: 'records o',
        line: line(
          counts(
            marks.filter(({ ok }) => ok),
            columnOf,
          ),
        ),
      },
      {
        name: 'records x',
        line: line(
          counts(
            marks.filter(({ ok }) => !ok),
            columnOf,
          ),
        ),
      },
    ];
  }
  const [first = [], ...others] = stacked(marks, columnOf);
  const below = others.map((chars) => Array.from(chars, (char: string | undefined) => char ?? ' ').join(''));
  return [{ name: 'records', line: line(first) }, ...below.map((text) => ({ name: '', line: text }))];
}

/** How many records come in each column, as one character. */
function counts(marks: readonly RecordMark[], columnOf: ColumnOf): readonly string[] {
  const perColumn: number[] = [];
  for (const { at } of marks) perColumn[columnOf(at)] = (perColumn[columnOf(at)] ?? 0) + 1;
  return perColumn.map((count) => (count > 9 ? '+' : String(count)));
}

/** Letters by column, in as many rows as the fullest column needs. */
function stacked(marks: readonly RecordMark[], columnOf: ColumnOf): readonly string[][] {
  const rows: string[][] = [];
  for (const { at, letter } of marks) {
    const column = columnOf(at);
    let row = rows.find((chars) => chars[column] === undefined);
    if (!row) rows.push((row = []));
    row[column] = letter;
  }
  return rows;
}
