import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateLimits } from '../../lib/gate/gate.js';
import { ModelledGate } from './gate-model.js';

/** Something that happens to a gate. */
type Step = (gate: ModelledGate) => void;

const host = fc.constantFrom('a', 'b', 'c', 'd');
const failed = fc.constantFrom(true, true, false, undefined);
const delay = fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 20 }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const step = <A extends unknown[]>(
  weight: number,
  name: string,
  does: (gate: ModelledGate, ...args: A) => void,
  ...args: { [I in keyof A]: fc.Arbitrary<A[I]> }
): fc.WeightedArbitrary<Step> => ({
  weight,
  arbitrary: fc.tuple(...args).map((values) => {
    const happen: Step = (gate) => does(gate, ...(values as A));
    return Object.assign(happen, { [fc.toStringMethod]: () => `${name}(${values.join(', ')})` });
  }),
});

const steps = fc.array(
  fc.oneof(
    step(8, 'offer', (gate, key, ms) => gate.offer(key, Math.max(0, ms)), host, delay),
    step(6, 'take', (gate) => gate.take()),
    step(2, 'takeAll', (gate) => {
      while (gate.take());
    }),
    step(4, 'release', (gate, pick, outcome) => gate.release(pick, outcome), fc.nat(), failed),
    step(3, 'retry', (gate, pick, outcome, ms) => gate.retry(pick, outcome, ms), fc.nat(), failed, delay),
    step(3, 'tick', (gate, ms) => void (gate.now += ms), fc.nat(15)),
    step(3, 'time passes', (gate) => gate.passTime()),
    step(1, 'resize', (gate, slots) => gate.resize(slots), fc.nat(4)),
    step(1, 'pause', (gate, key, ms) => gate.pause(key, ms), host, fc.nat(20)),
    step(1, 'withdraw', (gate, pick) => gate.withdraw(pick), fc.nat()),
    step(
      1,
      'remove',
      (gate, by) => gate.remove(({ name }) => Number(name) % by === 0),
      fc.integer({ min: 2, max: 9 }),
    ),
  ),
  { maxLength: 120, size: 'max' },
);

const rate = maybe(
  fc.record({ limit: fc.integer({ min: 1, max: 3 }), per: fc.integer({ min: 1, max: 20 }) }),
);
const limits: fc.Arbitrary<GateLimits> = fc.record({
  slots: fc.constantFrom(0, 1, 2, 3, 5, Infinity),
  rate,
  perHost: fc.record({
    concurrency: fc.constantFrom(1, 2, 3, Infinity),
    delay: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 })),
    rate,
    circuit: maybe(
      fc.record({
        threshold: fc.integer({ min: 1, max: 3 }),
        window: fc.integer({ min: 1, max: 40 }),
        cooldown: fc.integer({ min: 1, max: 20 }),
        probes: fc.integer({ min: 1, max: 2 }),
      }),
    ),
    retryShare: fc.constant(0.2),
  }),
});

describe('Gate, through anything that may happen to it', () => {
  it('keeps every limit, every turn and every job, and says when to come back', () => {
    const fates = new Map<string, number>();
    fc.assert(
      fc.property(limits, steps, (given, happens) => {
        const gate = new ModelledGate(given);
        for (const happen of happens) {
          happen(gate);
          gate.check();
        }
        gate.finish();
        gate.check();
        for (const { fate } of gate.records) fates.set(fate, (fates.get(fate) ?? 0) + 1);
      }),
      { numRuns: 300 },
    );
    // it did not pass by doing nothing
    for (const fate of ['released', 'refused', 'withdrawn', 'removed']) {
      expect(fates.get(fate)).toBeGreaterThan(20);
    }
    expect([...fates.keys()].sort()).toEqual(['refused', 'released', 'removed', 'withdrawn']);
  });
});
