import { describe, expect, it } from 'vitest';
import { phasesOf } from '../../../lib/observe/report/html/page/phases.js';
import { bytes, counted, percent, time } from '../../../lib/observe/report/html/page/words.js';
import { moved, ticksOf, within, zoomed } from '../../../lib/observe/report/html/page/zoom.js';

const sample = { index: 0, url: 'http://a/', attempts: 1, waited: 0, duration: 0 };

describe('phasesOf', () => {
  it('says what an input did from its pull to its record', () => {
    const tries = [
      [5, 9, 20, 30],
      [50, null, null, 60],
    ] as const;
    expect(phasesOf({ ...sample, tries, settled: 80 })).toEqual([
      { name: 'queue', from: 0, to: 5, attempt: 0 },
      { name: 'connect', from: 5, to: 9, attempt: 1 },
      { name: 'headers', from: 9, to: 20, attempt: 1 },
      { name: 'body', from: 20, to: 30, attempt: 1 },
      { name: 'wait', from: 30, to: 50, attempt: 1 },
      { name: 'request', from: 50, to: 60, attempt: 2 },
      { name: 'wait', from: 60, to: 80, attempt: 2 },
    ]);
    expect(phasesOf({ ...sample, tries: [], settled: 7 })).toEqual([
      { name: 'queue', from: 0, to: 7, attempt: 0 },
    ]);
  });

  it('never runs backwards, whatever the clock did', () => {
    const stretches = phasesOf({ ...sample, tries: [[10, 4, 12, 3]], settled: 2 });
    expect(stretches.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 12],
    ]);
  });
});

describe('a view of a time', () => {
  const whole = { from: 0, to: 100 };

  it('keeps the time that it is zoomed around where it is', () => {
    expect(zoomed(whole, 1 / 2, 20, whole)).toEqual({ from: 10, to: 60 });
    expect(zoomed({ from: 10, to: 60 }, 2, 20, whole)).toEqual(whole);
  });

  it('shows nothing beyond the whole, and never nothing', () => {
    expect(moved({ from: 0, to: 50 }, -1, whole)).toEqual({ from: 0, to: 50 });
    expect(moved({ from: 40, to: 90 }, 1 / 2, whole)).toEqual({ from: 50, to: 100 });
    expect(within({ from: -50, to: 500 }, whole)).toEqual(whole);
    const { from, to } = zoomed({ from: 5, to: 5 }, 1 / 2, 5, whole);
    expect(to).toBeGreaterThan(from);
  });

  it('has round ticks, no more than there is room for', () => {
    expect(ticksOf(whole, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticksOf({ from: 13, to: 47 }, 4)).toEqual([20, 30, 40]);
    for (const most of [2, 3, 7, 12]) {
      for (const to of [1, 7, 33, 3_600_000])
        expect(ticksOf({ from: 0, to }, most).length).toBeLessThanOrEqual(most + 1);
    }
  });
});

describe('the words of the page', () => {
  it('are for people', () => {
    expect([0.5, 12, 1_250, 59_999, 200_000, 7_500_000].map(time)).toEqual([
      '0.5 ms',
      '12 ms',
      '1.25 s',
      '60 s',
      '3 min 20 s',
      '2 h 5 min',
    ]);
    expect([0, 999, 1_500, 2_345_678].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '2.35 MB']);
    expect([counted(1, 'input'), counted(1_200, 'input')]).toEqual(['1 input', '1,200 inputs']);
    const shares = [
      percent(0, 5),
      percent(1, 100_000),
      percent(1, 3),
      percent(99_999, 100_000),
      percent(5, 5),
    ];
    expect(shares).toEqual(['0%', '<0.1%', '33.3%', '>99.9%', '100%']);
  });
});
