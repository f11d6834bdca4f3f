import { subjectOf } from '../model/target.js';
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

/** Characters of the longest text. */
export function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/** Method unless it is GET, and URL, in printable ASCII, without credentials. */
export function shownRequest({ request }: Lane): string {
  return request ? printable(subjectOf(request).replace(/^GET /, '')) : '?';
}

/**
 * What a terminal, a file or a picture can show as it stands: control characters, marks that turn the direction
 * of text, and what is wider than a column are written as `\u{202e}`.
 */
function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** Its beginning, which tells the host, and its end, in which URLs of one host differ. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most <= 1) return '…'.slice(0, Math.max(0, most));
  const end = Math.ceil(((most - 1) * 2) / 3);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}
