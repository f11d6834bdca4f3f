import { laneLabels } from '../lane-label.js';
import { longest } from '../printable.js';
import { hasLetters } from '../record-marks.js';
import type { Lane, RecordedRun } from '../recorded-run.js';
import { characterWidth } from './style.js';
import { outcomeWords } from './words.js';

/** Ms to pixels. */
export type XOf = (at: number) => number;

/** From the picture's edge to what is drawn. */
export const padding = 16;
const laneHeight = 22;
const headHeight = 62;
const longestLabel = 32;

/** Where everything stands. */
export interface Layout {
  readonly lanes: readonly Lane[];
  /** Those that have no lane of their own. */
  readonly rest: readonly Lane[];
  readonly labels: readonly string[];
  readonly outcomes: readonly string[];
  /** From the run's first ms to its last, in pixels. */
  readonly span: number;
  readonly xOf: XOf;
  /** The middle of a lane, and of the lines below. */
  readonly yOf: (row: number) => number;
  /** The middle of the output lane. */
  readonly recordsAt: number;
}

/** Labels to the left, outcomes to the right, and time has what is between. */
export function layoutOf(run: RecordedRun, width: number, rows: number): Layout {
  const lanes = run.lanes.slice(0, rows);
  const rest = run.lanes.slice(rows);
  const labels = laneLabels(run, rows, Math.min(longestLabel, Math.floor(width / 3 / characterWidth)));
  const outcomes = lanes.map(outcomeWords);
  const left = padding + longest([...labels, 'records']) * characterWidth + 14;
  const right = width - padding - longest([...outcomes, '200']) * characterWidth - 22;
  const yOf = (row: number): number => headHeight + (row + 0.5) * laneHeight;
  const lines = lanes.length + (rest.length === 0 ? 0 : 1);
  return {
    lanes,
    rest,
    labels,
    outcomes,
    span: right - left,
    xOf: (at) => left + (run.duration === 0 ? 0 : (at / run.duration) * (right - left)),
    yOf,
    recordsAt: yOf(lines - 0.5) + (hasLetters(run) ? 18 : 42),
  };
}
