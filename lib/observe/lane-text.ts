import type { FetchEvent } from '../model/event.js';
import { markOf } from '../model/event-mark.js';
import type { Lane } from './recorded-run.js';

/** Ms to column. */
export type ColumnOf = (at: number) => number;

/** The more telling of two marks in one column stands. */
const rank = 'prswox';

/** What fills the columns after an event until the next. */
const filler: Readonly<Record<FetchEvent['type'], string>> = {
  pull: '.',
  start: '-',
  response: '-',
  wait: '.',
  settle: '',
};

/** One lane of a marble diagram, a character a column. An input without a record goes on to the last column. */
export function laneText(lane: Lane, columnOf: ColumnOf, lastColumn: number): string {
  const line: string[] = [];
  let fill = ' ';
  for (const { at, event } of lane.steps) {
    const column = columnOf(at);
    while (line.length < column) line.push(fill);
    const mark = markOf(event);
    if (rank.indexOf(mark) >= rank.indexOf(line[column] ?? '')) line[column] = mark;
    fill = filler[event.type];
  }
  if (!lane.result) while (line.length <= lastColumn) line.push(fill);
  return line.join('');
}
