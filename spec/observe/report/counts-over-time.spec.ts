import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HalvingSeries } from '../../../lib/observe/report/halving-series.js';
import { RateWindow } from '../../../lib/observe/report/rate-window.js';
import { sparkline } from '../../../lib/observe/report/sparkline.js';
import { ThroughputSeries } from '../../../lib/observe/report/throughput-series.js';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the rate of the latest seconds', () => {
  it('is that of the time since the beginning, while the run is young', () => {
    const window = new RateWindow();
    window.add(1_000_000, 3);
    window.add(1_001_900, 3);
    expect(window.perSecond(1_002_000, 1_000_000)).toBe(3);
  });

  it('forgets what is more than ten seconds old', () => {
    const window = new RateWindow();
    for (let at = 0; at < 60_000; at += 100) window.add(at, at < 50_000 ? 1 : 5);
    expect(window.perSecond(60_000, 0)).toBeCloseTo(50, -1);
    expect(window.perSecond(65_000, 0)).toBeCloseTo(25, -1);
    expect(window.perSecond(80_000, 0)).toBe(0);
  });

  it('begins anew when the clock is set back', () => {
    const window = new RateWindow();
    window.add(1_000_000_000, 100);
    window.add(1_000, 4);
    expect(window.perSecond(2_000, 0)).toBe(2);
  });

  it('is none before any time has passed', () => {
    const window = new RateWindow();
    window.add(500, 1);
    expect(window.perSecond(500, 500)).toBe(0);
  });
});

describe('throughput over time', () => {
  const times = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 300 });

  it('has every record in its step, in at most 120 of them, whatever their order', () => {
    fc.assert(
      fc.property(times, (all) => {
        const series = new ThroughputSeries();
        all.forEach((at) => series.add(1e12 + at, at % 3 === 0, 10));
        const { start, step, records, failed, wireBytes } = series.snapshot();
        expect(records.length).toBeLessThanOrEqual(120);
        const expected = records.map(
          (_, n) => all.filter((at) => Math.floor((1e12 + at - start) / step) === n).length,
        );
        expect(records).toStrictEqual(expected);
        expect(sum(records)).toBe(all.length);
        expect(sum(failed)).toBe(all.filter((at) => at % 3 === 0).length);
        expect(sum(wireBytes)).toBe(all.length * 10);
      }),
    );
  });

  it('halves its resolution when a run gets longer, and no sooner', () => {
    const series = new ThroughputSeries();
    series.add(0, false, 0);
    series.add(29_999, false, 0);
    expect(series.snapshot()).toMatchObject({ start: 0, step: 250 });
    series.add(30_000, false, 0);
    expect(series.snapshot()).toMatchObject({ start: 0, step: 500 });
    expect(series.snapshot().records).toHaveLength(61);
  });
});

describe('time that is spent', () => {
  const stretches = fc.array(fc.tuple(fc.nat(5_000), fc.nat(5_000)), { minLength: 1, maxLength: 40 });

  it('is in the steps that it lies in, to the ms, however often they are halved', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const series = new HalvingSeries({ step: 1, most: 16 }, () => ({ busy: 0 }));
        for (const [from, length] of all) series.spend('busy', from, from + length);
        const { start, step } = series;
        const within = (n: number): number =>
          sum(
            all.map(([from, length]) =>
              Math.max(0, Math.min(from + length, start + (n + 1) * step) - Math.max(from, start + n * step)),
            ),
          );
        const busy = series.of('busy');
        expect(busy.length).toBeLessThanOrEqual(16);
        expect(busy).toStrictEqual(busy.map((_, n) => within(n)));
        expect(sum(busy)).toBe(sum(all.map(([, length]) => length)));
      }),
    );
  });

  it('is nothing where it ends no later than it begins', () => {
    const series = new HalvingSeries({ step: 1, most: 16 }, () => ({ busy: 0 }));
    series.spend('busy', 5, 5);
    series.spend('busy', 9, 5);
    expect(series.isEmpty).toBe(true);
  });
});

describe('a sparkline', () => {
  it('shows the most as a full bar, nothing as a blank, and a little as something', () => {
    expect(sparkline([0, 1, 500, 1_000], 10)).toStrictEqual({ text: ' ▁▄█', share: 1, most: 1_000 });
  });

  it('sums up what does not fit', () => {
    expect(sparkline([1, 1, 4, 4, 2], 3)).toStrictEqual({ text: '▂█▂', share: 2, most: 8 });
    expect(sparkline([], 10).text).toBe('');
  });
});
