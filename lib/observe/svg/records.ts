import { hasLetters, isFinished, recordMarks, type RecordMark } from '../record-marks.js';
import type { RecordedRun } from '../recorded-run.js';
import { element, line } from './element.js';
import type { XOf } from './layout.js';
import { marble } from './marks.js';

/** Some shapes and how high they are. */
export interface Drawing {
  readonly shapes: string;
  readonly height: number;
}

/** From one marble to the next below it. */
const rowHeight = 21;
/** Between the middles of marbles in one row. */
const room = 19;
const barWidth = 6;
const highestBar = 30;

/** The output lane, whose middle is at `y`: marbles with letters, or bars that count where there are too many inputs. */
export function recordShapes(run: RecordedRun, y: number, xOf: XOf): Drawing {
  const marks = recordMarks(run);
  const last = xOf(run.duration);
  const axis = line(xOf(0), y, last + 22, y, 'axis');
  const arrow = element('path', {
    d: `M${last + 17} ${y - 4}L${last + 22} ${y}L${last + 17} ${y + 4}`,
    class: 'axis',
  });
  const endAt = xOf(marks.at(-1)?.at ?? 0) + 13;
  const end = isFinished(run) ? line(endAt, y - 9, endAt, y + 9, 'end') : '';
  const drawn = hasLetters(run) ? marbles(marks, y, xOf) : bars(marks, y, xOf);
  return { shapes: axis + arrow + end + drawn.shapes, height: drawn.height };
}

/** Marbles that would cover each other stand below each other. */
function marbles(marks: readonly RecordMark[], y: number, xOf: XOf): Drawing {
  const ends: number[] = [];
  const shapes = marks.map(({ at, ok, letter }) => {
    const x = xOf(at);
    const free = ends.findIndex((end) => end <= x);
    const row = free === -1 ? ends.length : free;
    ends[row] = x + room;
    return marble(x, y + row * rowHeight, ok, letter);
  });
  return { shapes: shapes.join(''), height: Math.max(1, ends.length) * rowHeight };
}

/** Successes as bars upwards, failures downwards; the longest of all is the measure. */
function bars(marks: readonly RecordMark[], y: number, xOf: XOf): Drawing {
  const counts = new Map<number, { o: number; x: number }>();
  for (const { at, ok } of marks) {
    const bin = Math.floor((xOf(at) - xOf(0)) / barWidth);
    const count = counts.get(bin) ?? { o: 0, x: 0 };
    count[ok ? 'o' : 'x']++;
    counts.set(bin, count);
  }
  const most = Math.max(1, ...[...counts.values()].flatMap(({ o, x }) => [o, x]));
  const shapes = [...counts].map(([bin, { o, x }]) => {
    const at = { x: xOf(0) + bin * barWidth, width: barWidth - 1 };
    const up = Math.max(2, (o / most) * highestBar);
    const down = Math.max(2, (x / most) * highestBar);
    return (
      (o > 0 ? element('rect', { ...at, y: y - up, height: up, class: 'ok' }) : '') +
      (x > 0 ? element('rect', { ...at, y, height: down, class: 'fail' }) : '')
    );
  });
  return { shapes: shapes.join(''), height: highestBar + 12 };
}
