import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { expect } from 'vitest';
import { marbles as marblesFor, type MarbleHelpers, type MarbleTransport } from '../../lib/testing/index.js';

/** A test in virtual time whose differences are vitest's to report. */
export const marbles = (body: (helpers: MarbleHelpers) => void): (() => void) =>
  marblesFor((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }, body);

/** When each URL was asked for, once all is flushed: `0a 0b 6c`. */
export const startsOf = ({ log }: MarbleTransport): string =>
  log.map(({ frame, url }) => `${frame}${new URL(url).hostname}`).join(' ');

/** The scheduler, and the delay of every timer it is asked for. */
export function notingDelays({ scheduler }: Pick<MarbleHelpers, 'scheduler'>): {
  readonly scheduler: SchedulerLike;
  readonly delays: readonly number[];
} {
  const delays: number[] = [];
  const schedule = (
    work: (this: SchedulerAction<unknown>, state?: unknown) => void,
    delay = 0,
    state?: unknown,
  ): Subscription => {
    delays.push(delay);
    return scheduler.schedule(work, delay, state);
  };
  return { scheduler: { now: () => scheduler.now(), schedule }, delays };
}
