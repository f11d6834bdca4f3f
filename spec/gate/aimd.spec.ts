import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aimd, type AimdBounds, type Sample } from '../../lib/gate/aimd.js';

interface Simulation {
  readonly bounds?: AimdBounds;
  /** How many requests the server works at; the others queue. */
  readonly capacity: (now: number) => number;
  /** How long it works at one, in ms. */
  readonly work: () => number;
  /** The most that whoever uses the limit has to ask. */
  readonly wanted?: number;
  readonly samples: number;
}

interface Request {
  readonly startedAt: number;
  endsAt: number;
}

/** The limit after each sample, with a server that takes requests in the order they come. */
function simulate({ bounds = { min: 4, max: 200 }, capacity, work, wanted, samples }: Simulation): number[] {
  const aimd = new Aimd(bounds);
  const busy: Request[] = [];
  const queue: Request[] = [];
  const limits: number[] = [];
  let now = 0;
  while (limits.length < samples) {
    while (busy.length + queue.length < Math.min(aimd.limit, wanted ?? Infinity)) {
      queue.push({ startedAt: now, endsAt: Infinity });
    }
    while (queue.length > 0 && busy.length < capacity(now)) {
      const request = queue.shift()!;
      request.endsAt = now + work();
      busy.push(request);
    }
    const next = busy.reduce((first, request) => (request.endsAt < first.endsAt ? request : first));
    busy.splice(busy.indexOf(next), 1);
    now = next.endsAt;
    const sample: Sample = { startedAt: next.startedAt, endedAt: now, outcome: 'answered' };
    limits.push(aimd.learn(sample, busy.length + queue.length));
  }
  return limits;
}

/** Chance that repeats itself: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What takes 100 ms on average, in several ways. */
const works = {
  'the same': () => () => 100,
  'up to a third more or less': (random: () => number) => () => 70 + 60 * random(),
  'half of it exponential': (random: () => number) => () => 50 - 50 * Math.log(1 - random()),
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Tells it of attempts that took 10 ms each, with all of its places taken. */
function learnMany(aimd: Aimd, count: number, from = 0): void {
  for (let sample = 0; sample < count; sample++) {
    aimd.learn({ startedAt: from, endedAt: from + 10, outcome: 'answered' }, aimd.limit - 1);
  }
}

describe('Aimd', () => {
  it('begins with its least', () => {
    expect(new Aimd({ min: 4, max: 100 }).limit).toBe(4);
  });

  it('doubles each round trip while latency holds, up to its most', () => {
    const limits = simulate({
      bounds: { min: 4, max: 100 },
      capacity: () => Infinity,
      work: () => 100,
      samples: 200,
    });
    expect([4, 4 + 8, 4 + 8 + 16, 4 + 8 + 16 + 32].map((sample) => limits[sample - 1])).toEqual([
      8, 16, 32, 64,
    ]);
    expect(Math.max(...limits)).toBe(100);
    expect(limits.at(-1)).toBe(100);
  });

  it('adds one each round trip once it has been overloaded', () => {
    const aimd = new Aimd({ min: 4, max: 100 });
    learnMany(aimd, 28);
    expect(aimd.limit).toBe(32);
    aimd.learn({ startedAt: 0, endedAt: 20, outcome: 'overload' }, 31);
    expect(aimd.limit).toBe(16);
    learnMany(aimd, 17, 20);
    expect(aimd.limit).toBe(17);
    learnMany(aimd, 18, 20);
    expect(aimd.limit).toBe(18);
  });

  it('halves once for a burst of overload, and again for one that started after that', () => {
    const aimd = new Aimd({ min: 1, max: 100 });
    learnMany(aimd, 63);
    for (let bad = 0; bad < 64; bad++) {
      aimd.learn({ startedAt: bad, endedAt: 100 + bad, outcome: 'overload' }, 63 - bad);
    }
    expect(aimd.limit).toBe(32);
    aimd.learn({ startedAt: 101, endedAt: 200, outcome: 'overload' }, 31);
    expect(aimd.limit).toBe(16);
  });

  it('learns nothing from answers to attempts that started before it was lowered', () => {
    const aimd = new Aimd({ min: 1, max: 100 });
    learnMany(aimd, 63);
    aimd.learn({ startedAt: 0, endedAt: 100, outcome: 'overload' }, 63);
    learnMany(aimd, 200, 99);
    expect(aimd.limit).toBe(32);
    learnMany(aimd, 200, 100);
    expect(aimd.limit).toBeGreaterThan(32);
  });

  it('learns nothing from what says nothing of the load', () => {
    const aimd = new Aimd({ min: 4, max: 100 });
    for (let sample = 0; sample < 100; sample++) {
      aimd.learn({ startedAt: 0, endedAt: sample * 1_000, outcome: 'useless' }, 3);
    }
    expect(aimd.limit).toBe(4);
    learnMany(aimd, 4);
    expect(aimd.limit).toBe(8);
  });

  it('takes no single slow answer for a sign', () => {
    const aimd = new Aimd({ min: 4, max: 100 });
    learnMany(aimd, 70);
    aimd.learn({ startedAt: 0, endedAt: 10_000, outcome: 'answered' }, 70);
    learnMany(aimd, 100);
    expect(aimd.limit).toBe(100);
  });

  it('takes no millisecond for a sign: that is the clock', () => {
    const aimd = new Aimd({ min: 4, max: 100 });
    for (let sample = 0; sample < 320; sample++) {
      const latency = sample < 64 ? 1 : 2;
      aimd.learn({ startedAt: sample, endedAt: sample + latency, outcome: 'answered' }, aimd.limit - 1);
    }
    expect(aimd.limit).toBe(100);
  });

  it('does not rise when it is not reached: that proves nothing', () => {
    const limits = simulate({ capacity: () => Infinity, work: () => 100, wanted: 8, samples: 2_000 });
    expect(Math.max(...limits)).toBeLessThanOrEqual(17); // twice what was under way
  });

  it('stays within its bounds, whatever it is told', () => {
    const sample = fc.record({
      startedAt: fc.nat(1_000),
      took: fc.nat(500),
      outcome: fc.constantFrom('answered' as const, 'overload' as const, 'useless' as const),
      inFlight: fc.nat(100),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(50),
        fc.array(sample, { maxLength: 300, size: 'max' }),
        (min, range, samples) => {
          const aimd = new Aimd({ min, max: min + range });
          for (const { startedAt, took, outcome, inFlight } of samples) {
            const limit = aimd.learn({ startedAt, endedAt: startedAt + took, outcome }, inFlight);
            expect(limit).toBe(aimd.limit);
            expect(Number.isInteger(limit)).toBe(true);
            expect(limit).toBeGreaterThanOrEqual(min);
            expect(limit).toBeLessThanOrEqual(min + range);
          }
        },
      ),
    );
  });

  describe.each(Object.entries(works))('at a server whose work takes %s', (_, workWith) => {
    const seeds = [1, 2, 3, 4, 5];

    it.each(seeds)('finds a capacity of 40 in a few hundred samples (seed %i)', (seed) => {
      const limits = simulate({ capacity: () => 40, work: workWith(seeded(seed)), samples: 700 });
      const found = median(limits.slice(300));
      expect(found).toBeGreaterThanOrEqual(25);
      expect(found).toBeLessThanOrEqual(50);
    });

    it.each(seeds)('stays there (seed %i)', (seed) => {
      const limits = simulate({ capacity: () => 40, work: workWith(seeded(seed)), samples: 10_000 }).slice(
        1_000,
      );
      expect(median(limits)).toBeGreaterThanOrEqual(30);
      expect(median(limits)).toBeLessThanOrEqual(50);
      expect(Math.max(...limits)).toBeLessThan(70); // the queue does not pass for what is usual
    });

    it.each(seeds)('backs off when the capacity falls to 10, and comes back (seed %i)', (seed) => {
      const capacity = (now: number): number => (now > 10_000 && now < 100_000 ? 10 : 40);
      const limits = simulate({ capacity, work: workWith(seeded(seed)), samples: 30_000 });
      // 40 a 100 ms until 10 s, then 10 a 100 ms
      const low = median(limits.slice(6_000, 12_000));
      expect(low).toBeGreaterThanOrEqual(6);
      expect(low).toBeLessThanOrEqual(20);
      const back = median(limits.slice(20_000));
      expect(back).toBeGreaterThanOrEqual(25);
      expect(back).toBeLessThanOrEqual(50);
    });

    it.each(seeds)('does not mistake its scatter for load (seed %i)', (seed) => {
      const limits = simulate({ capacity: () => Infinity, work: workWith(seeded(seed)), samples: 2_000 });
      expect(median(limits)).toBeGreaterThan(40);
    });
  });
});
