import { subjectOf } from '../model/target.js';
import { longest, printable, shortened } from './printable.js';
import { hasLetters, letterOf } from './record-marks.js';
import type { Lane, RecordedRun } from './recorded-run.js';

/**
 * How the first lanes of a run are called, in at most so many characters: letter among the records, where inputs
 * have some, index, and what was asked for.
 */
export function laneLabels(run: RecordedRun, rows: number, most: number): readonly string[] {
  const lanes = run.lanes.slice(0, rows);
  const digits = longest(lanes.map(({ index }) => String(index)));
  return lanes.map((lane) => {
    const letter = hasLetters(run) ? `${letterOf(lane.index)} ` : '';
    const pipeline = lane.pipeline === 1 ? '' : `/${lane.pipeline}`;
    const name = `${letter}${String(lane.index).padStart(digits)}${pipeline} `;
    return name + shortened(shownRequest(lane), most - name.length);
  });
}

/** Method unless it is GET, and URL, in printable ASCII, without credentials. */
export function shownRequest({ request }: Lane): string {
  return request ? printable(subjectOf(request).replace(/^GET /, '')) : '?';
}
