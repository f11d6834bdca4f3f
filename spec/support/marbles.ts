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

/** A signal that aborts at a frame. */
export function abortsAt(frame: number, { scheduler }: Pick<MarbleHelpers, 'scheduler'>): AbortSignal {
  const controller = new AbortController();
  scheduler.schedule(() => {
    controller.abort();
  }, frame);
  return controller.signal;
}
