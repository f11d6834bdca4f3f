import type { Mark } from '../../testing/drawing.js';
import { letterOf } from '../record-marks.js';
import type { Replay } from './replay.js';
import { simulate, type Simulated } from './simulate.js';

/** Each turn makes something a ms longer; so many have never been needed. */
const mostTurns = 2_000;

/** What comes out of a replay, as a diagram's marks. */
export function marksOf({ records, end }: Simulated): readonly Mark[] {
  const marks = records.map(({ frame, result }) => {
    const letter = letterOf(result.index);
    return { frame, mark: result.ok ? letter : letter.toUpperCase() };
  });
  return end === undefined ? marks : [...marks, { frame: end, mark: '|' }];
}

/**
 * The notation has no room for a record that comes while the brackets of a group before it are written: `(ab)`
 * takes four frames. Makes attempts, waits and arrivals longer, a ms at a time, until everything can be drawn.
 * @throws Error where that is not to be had
 */
export function drawable(given: Replay): Drawable {
  let now = drawableOf(given);
  const wanted = outcomes(now);
  for (let turn = 0; turn < mostTurns && now.crowd; turn++) {
    const next = firstOf(longer(now.replay, now.crowd), (replay) => {
      const candidate = drawableOf(replay);
      return isBetter(candidate.crowd, now.crowd) && outcomes(candidate) === wanted ? candidate : undefined;
    });
    if (!next) break;
    now = next;
  }
  if (!now.crowd) return now;
  throw new Error(
    'toMarbleSpec: so many records come at once, and others right after them, that a diagram has no room for them: record a run of fewer inputs',
  );
}

/** A replay, what comes out of it, and the first group that is in the way of what follows, if there is one. */
interface Drawable {
  readonly replay: Replay;
  readonly simulated: Simulated;
  readonly crowd: Crowd | undefined;
}

interface Crowd {
  readonly frame: number;
  /** Inputs, in order. */
  readonly members: readonly number[];
  /** Who comes next. */
  readonly follower: number;
  /** ms by which those who come before the brackets are written are too early, all together. */
  readonly shortage: number;
}

function drawableOf(given: Replay): Drawable {
  const { arrivals } = given;
  const replay = arrivals ? { ...given, arrivals: drawableArrivals(arrivals) } : given;
  const simulated = simulate(replay);
  return { replay, simulated, crowd: firstCrowd(marksOf(simulated)) };
}

function firstCrowd(marks: readonly Mark[]): Crowd | undefined {
  const inputOf = ({ mark }: Mark): number => mark.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0);
  for (let first = 0; first < marks.length;) {
    const frame = marks[first]?.frame ?? 0;
    const next = marks.findIndex((mark) => mark.frame > frame);
    const follower = marks[next];
    if (!follower) return undefined;
    const members = marks.slice(first, next).map(inputOf);
    const room = frame + members.length + 2;
    if (members.length > 1 && follower.frame < room) {
      const early = marks.slice(next).map((mark) => Math.max(0, room - mark.frame));
      const shortage = early.reduce((sum, ms) => sum + ms, 0);
      return { frame, members, follower: inputOf(follower), shortage };
    }
    first = next;
  }
  return undefined;
}

function isBetter(crowd: Crowd | undefined, before: Crowd | undefined): boolean {
  if (!crowd || !before) return !crowd;
  if (crowd.frame !== before.frame) return crowd.frame > before.frame;
  if (crowd.members.length !== before.members.length) return crowd.members.length < before.members.length;
  return crowd.shortage < before.shortage;
}

/** What has become of the inputs, which must stay as it is. */
function outcomes({ simulated }: Drawable): string {
  const told = simulated.records.map(({ result }) => [
    result.index,
    result.ok ? 'ok' : result.error.kind,
    result.attempts,
  ]);
  return JSON.stringify(told.sort(([a], [b]) => Number(a) - Number(b)));
}

/**
 * The replay with one time in it a ms longer: the last attempts of those in the crowd, the last one first; then
 * whatever else may delay them, as what a timeout ended cannot be longer itself.
 */
function* longer(replay: Replay, { members, follower }: Crowd): Generator<Replay> {
  const { routes, waits, arrivals, abortAt } = replay;
  const attempts = [...routes].flatMap(([url, answers]) =>
    answers.map((answer) => ({ url, answers, answer })),
  );
  const inCrowd = [...members.slice(1).reverse(), follower].flatMap((input) =>
    attempts.filter(({ answer }) => answer.index === input).slice(-1),
  );
  for (const { url, answers, answer } of [...inCrowd, ...attempts]) {
    if (answer.letter === '-' || answer.after >= answer.most) continue;
    const later = { ...answer, after: answer.after + 1 };
    yield {
      ...replay,
      routes: new Map([...routes, [url, answers.map((one) => (one === answer ? later : one))]]),
    };
  }
  for (const place of waits.keys()) yield { ...replay, waits: withLater(waits, place) };
  for (const place of (arrivals ?? []).keys())
    yield { ...replay, arrivals: withLater(arrivals ?? [], place) };
  if (abortAt !== undefined) yield { ...replay, abortAt: abortAt + 1 };
}

function withLater(times: readonly number[], place: number): readonly number[] {
  return times.map((time, at) => (at === place ? time + 1 : time));
}

function firstOf<I, O>(items: Iterable<I>, choose: (item: I) => O | undefined): O | undefined {
  for (const item of items) {
    const chosen = choose(item);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** Arrivals that can be drawn: one that comes while the brackets of a group are written comes after them. */
function drawableArrivals(arrivals: readonly number[]): readonly number[] {
  const drawn: number[] = [];
  let group = 0;
  let frame = -1;
  arrivals.forEach((at, index) => {
    if (index > 0 && at <= frame) {
      group++;
    } else {
      frame = Math.max(at, frame + (group > 1 ? group + 2 : group));
      group = 1;
    }
    drawn.push(frame);
  });
  return drawn;
}
