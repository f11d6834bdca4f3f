import { markOf } from '../model/event-mark.js';
import type { FetchEvent } from '../model/event.js';
import { complaint, isSameFrame, type Mark } from './drawing.js';
import { checkDiagram, marksOf } from './rxjs-testing.js';

/**
 * What happens to each input, by its letter (`a` is the first; past `z` its index: `#26`). A lane has RxJS's notation with these marks: `p`
 * pulled, `s` an attempt starts, `r` the head of a response, `w` the attempt failed and another follows, `o`
 * success, `x` failure. `.` passes time as `-` does, for the eye: at the gate, and under way. A pull is not drawn
 * where the start is in the same frame, nor a response where what becomes of it is.
 */
export type ExpectedLanes = Readonly<Record<string, string>>;

/** The marks of expected lanes. Only within `TestScheduler.run`. */
export function lanesOf(expected: ExpectedLanes): ReadonlyMap<string, readonly Mark[]> {
  return new Map(
    Object.entries(expected).map(([letter, lane]) => {
      if (!/^([a-z]|#\d+)$/.test(letter)) {
        throw new TypeError(
          `Expected a lane for a letter from a to z, or for #26 and up, got one for \`${letter}\``,
        );
      }
      checkDiagram(lane, `the lane of ${letter}`);
      const marks = marksOf(lane.replaceAll(/(?<!\d)\.|\.(?!\d)/g, '-'));
      const wrong = marks.find(({ mark }) => !/^[psrwox]$/.test(mark));
      if (wrong) {
        throw new TypeError(
          `\`${wrong.mark}\` in the lane of ${letter} is none of p pulled, s start, r response, w wait, o success, x failure`,
        );
      }
      return [letter, marks] as const;
    }),
  );
}

/** Undefined where every lane is as drawn; else the first that is not, as two diagrams. */
export function laneComplaint(
  seen: readonly FetchEvent[],
  expected: ReadonlyMap<string, readonly Mark[]>,
): string | undefined {
  const lanes = drawnLanes(seen);
  if (seen.length === 0 && expected.size > 0) {
    return 'No events were seen: give the pipeline a Subject as `events`, and expectEvents the same one before anything is subscribed to';
  }
  for (const letter of [...new Set([...expected.keys(), ...lanes.keys()])].sort()) {
    const wanted = expected.get(letter) ?? [];
    const got = lanes.get(letter) ?? [];
    const difference = firstDifference(wanted, got);
    if (difference === undefined) continue;
    const what = expected.has(letter) ? 'are not as drawn' : 'were seen, and no lane is drawn for it';
    return complaint(`The events of ${letter} ${what}:`, wanted, got, difference, [
      `expected  ${sentenceOf(wanted[difference])}`,
      `got       ${sentenceOf(got[difference])}`,
    ]);
  }
  return undefined;
}

function drawnLanes(seen: readonly FetchEvent[]): ReadonlyMap<string, readonly Mark[]> {
  const lanes = new Map<string, Mark[]>();
  for (const event of seen) {
    const letter =
      event.index < 26 ? String.fromCharCode('a'.charCodeAt(0) + event.index) : `#${event.index}`;
    const lane = lanes.get(letter) ?? [];
    lanes.set(letter, lane);
    const mark = markOf(event);
    const last = lane.at(-1);
    if (last?.frame === event.at && tellsAsWell(mark, last.mark)) lane.pop();
    lane.push({ frame: event.at, mark });
  }
  return lanes;
}

/** Whether a mark goes without saying when another follows in the same frame. */
function tellsAsWell(mark: string, earlier: string): boolean {
  return (earlier === 'p' && mark === 's') || (earlier === 'r' && /[wox]/.test(mark));
}

function firstDifference(expected: readonly Mark[], actual: readonly Mark[]): number | undefined {
  const most = Math.max(expected.length, actual.length);
  for (let position = 0; position < most; position++) {
    const wanted = expected[position];
    const got = actual[position];
    if (!isSameFrame(wanted?.frame, got?.frame) || wanted?.mark !== got?.mark) return position;
  }
  return undefined;
}

const names: Readonly<Record<string, string>> = {
  p: 'pulled',
  s: 'start',
  r: 'response',
  w: 'wait',
  o: 'success',
  x: 'failure',
};

function sentenceOf(mark: Mark | undefined): string {
  return mark ? `${mark.mark} (${names[mark.mark] ?? ''}) at ${mark.frame} ms` : 'nothing more';
}
