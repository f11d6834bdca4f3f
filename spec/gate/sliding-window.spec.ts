import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../lib/gate/sliding-window.js';

/** Starts `count` as early as the window and `wanted` allow: the time of each. */
function startsOf(window: SlidingWindow, wanted: readonly number[]): number[] {
  let now = 0;
  return wanted.map((time) => {
    now = Math.max(now, time, window.next);
    window.record(now);
    return now;
  });
}

describe('SlidingWindow', () => {
  it('lets the first start at once', () => {
    expect(new SlidingWindow({ limit: 1, per: 10 }).next).toBe(-Infinity);
  });

  it('starts what is asked for at once as its diagram says', () => {
    const window = new SlidingWindow({ limit: 2, per: 6 });
    expect(startsOf(window, [0, 0, 0, 0, 0, 0])).toEqual([0, 0, 6, 6, 12, 12]);
  });

  it('keeps to the window after a pause, where a bucket of tokens would let twice as many through', () => {
    const window = new SlidingWindow({ limit: 2, per: 6 });
    expect(startsOf(window, [0, 5, 5, 5, 100, 100, 100])).toEqual([0, 5, 6, 11, 100, 100, 106]);
  });

  it('lets a start go just when the one that is `limit` before it leaves the window', () => {
    const window = new SlidingWindow({ limit: 3, per: 10 });
    for (const time of [1, 4, 9]) window.record(time);
    expect(window.next).toBe(11);
    window.record(11);
    expect(window.next).toBe(14);
  });

  it('is clear when a new one would say the same', () => {
    const window = new SlidingWindow({ limit: 2, per: 10 });
    expect(window.isClear(0)).toBe(true);
    window.record(0);
    expect(window.isClear(9)).toBe(false);
    expect(window.isClear(10)).toBe(true);
    for (const time of [10, 12, 15]) window.record(time);
    expect(window.isClear(24)).toBe(false);
    expect(window.isClear(25)).toBe(true);
  });

  it('never holds more than its limit, starts as early as that allows, and is clear when all has left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.oneof(fc.constant(0), fc.nat(30), fc.nat(200)), { maxLength: 60, size: 'max' }),
        (limit, per, gaps) => {
          const window = new SlidingWindow({ limit, per });
          let time = 0;
          const wanted = gaps.map((gap) => (time += gap));
          const starts = startsOf(window, wanted);
          starts.forEach((start, i) => {
            // any window is busiest when it ends with a start
            const inWindow = starts.slice(0, i + 1).filter((other) => other > start - per);
            expect(inWindow.length).toBeLessThanOrEqual(limit);
            const earliest = Math.max(wanted[i]!, starts[i - 1] ?? 0, (starts[i - limit] ?? -Infinity) + per);
            expect(start).toBe(earliest);
          });
          const latest = starts.at(-1);
          if (latest === undefined) return;
          expect(window.isClear(latest + per - 1)).toBe(false);
          expect(window.isClear(latest + per)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
