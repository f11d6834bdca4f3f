import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationHistogram } from '../../../lib/observe/report/duration-histogram.js';

/** The nearest rank, of all numbers. */
function exact(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

function histogramOf(durations: readonly number[], octave: 64 | 256): DurationHistogram {
  const histogram = new DurationHistogram(octave);
  for (const ms of durations) histogram.add(ms);
  return histogram;
}

describe('a histogram of durations', () => {
  it.each([
    [64, 0.006],
    [256, 0.002],
  ] as const)('with %i buckets to an octave is exact to 1 ms or a share of %d', (octave, share) => {
    const durations = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 10_000_000 })),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 100 }), (numbers, percent) => {
        const truth = exact(numbers, percent);
        const told = histogramOf(numbers, octave).percentile(percent);
        expect(Math.abs(told - truth)).toBeLessThanOrEqual(Math.max(0.5, truth * share + 0.5));
      }),
    );
  });

  it('gives whole ms below its octave back as they were', () => {
    for (let ms = 0; ms <= 64; ms++) expect(histogramOf([ms], 64).percentile(50)).toBe(ms);
  });

  it('has what two of them have, when one is added to the other', () => {
    const sum = histogramOf([1, 2, 3], 64);
    sum.addAll(histogramOf([4, 5, 60_000], 64));
    expect(sum.count).toBe(6);
    expect(sum.percentile(50)).toBe(3);
    expect(Math.abs(sum.percentile(100) - 60_000)).toBeLessThan(600);
  });

  it('takes what is no duration for none, and what is too long for 25 days', () => {
    expect(histogramOf([-5, NaN, 0], 64).percentile(100)).toBe(0);
    expect(histogramOf([Infinity], 64).percentile(50)).toBe(2 ** 31);
    expect(new DurationHistogram(64).percentile(50)).toBe(0);
  });
});
