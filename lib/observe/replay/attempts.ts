import type { FetchError } from '../../model/fetch-error.js';
import type { Lane } from '../recorded-run.js';

/** One attempt as it was recorded. */
export interface RecordedAttempt {
  readonly lane: Lane;
  /** Its start's place among all events. */
  readonly order: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** What it failed with; undefined: it succeeded. */
  readonly error: FetchError | undefined;
}

/** The attempts of one input. Of two starts without an end between, the first was taken back: it does not count. */
export function attemptsOf(lane: Lane): readonly RecordedAttempt[] {
  const attempts: RecordedAttempt[] = [];
  let start: { readonly order: number; readonly startedAt: number } | undefined;
  for (const { at, order, event } of lane.steps) {
    if (event.type === 'start') start = { order, startedAt: at };
    if (event.type !== 'wait' && event.type !== 'settle') continue;
    const error = event.type === 'wait' ? event.error : event.result.ok ? undefined : event.result.error;
    if (start) attempts.push({ lane, ...start, endedAt: at, error });
    start = undefined;
  }
  return attempts;
}

/** The most attempts that were under way at once. */
export function mostAtOnce(attempts: readonly RecordedAttempt[]): number {
  const changes = attempts.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, by: 1 },
    { at: endedAt, by: -1 },
  ]);
  // an end makes room for a start in the same ms; what takes no time at all is under way for none
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let most = 1;
  for (const { by } of changes) most = Math.max(most, (now += by));
  return most;
}
