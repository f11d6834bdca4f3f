import { expect } from 'vitest';
import { marbles as marblesFor, type MarbleHelpers } from '../../lib/testing/index.js';

/** A test in virtual time whose differences are vitest's to report. */
export const marbles = (body: (helpers: MarbleHelpers) => void): (() => void) =>
  marblesFor((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }, body);
