import { lastAt, type RecordedRun } from './recorded-run.js';

/** A record on its way out: when, and what stands for it. */
export interface RecordMark {
  readonly at: number;
  readonly ok: boolean;
  /** The input's letter, small for a success, capital for a failure; none where there are too many inputs. */
  readonly letter: string;
}

/** The records of a run in the order in which they came. */
export function recordMarks(run: RecordedRun): readonly RecordMark[] {
  const marks = run.lanes.flatMap((lane) => {
    const { index, result } = lane;
    if (!result) return [];
    const letter = hasLetters(run) ? letterOf(index) : '';
    return [{ at: lastAt(lane), ok: result.ok, letter: result.ok ? letter : letter.toUpperCase() }];
  });
  return marks.sort((a, b) => a.at - b.at);
}

/** As in `expectResults` of sluice/testing: `a` is the first input. */
export function letterOf(index: number): string {
  return String.fromCharCode(97 + index);
}

/** Whether each input can have a letter of its own. */
export function hasLetters({ lanes }: RecordedRun): boolean {
  return lanes.every(({ index, pipeline }) => index >= 0 && index < 26 && pipeline === 1);
}

/** Every input has its record: the results may have completed after the last one. */
export function isFinished({ lanes }: RecordedRun): boolean {
  return lanes.every(({ result }) => result !== undefined);
}

/** `1 input`, `3 inputs`, `the first 3 of 900 inputs`. @param inputs of the whole run, if they are more */
export function inputCount({ lanes }: RecordedRun, inputs = 0): string {
  if (inputs > lanes.length) return `the first ${lanes.length} of ${inputs} inputs`;
  return lanes.length === 1 ? '1 input' : `${lanes.length} inputs`;
}

/** What became of inputs: `2 o, 1 x, 1 x`. */
export function tally(lanes: RecordedRun['lanes']): string {
  const ok = lanes.filter(({ result }) => result?.ok === true).length;
  const failed = lanes.filter(({ result }) => result?.ok === false).length;
  const open = lanes.length - ok - failed;
  const parts = [ok > 0 && `${ok} o`, failed > 0 && `${failed} x`, open > 0 && `${open} unfinished`];
  return parts.filter((part) => part !== false).join(', ');
}
