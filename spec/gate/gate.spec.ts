import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../lib/gate/gate.js';
import { isCollected } from '../support/garbage.js';

interface Job {
  readonly name: string;
  notBefore: number;
}

const job = (name: string, notBefore = 0): Job => ({ name, notBefore });

/** A gate with jobs a, b, c … in line at time 0. */
function gateWith(slots: number, names: string): { gate: Gate<Job>; jobs: Job[] } {
  const gate = new Gate<Job>(slots);
  const jobs = Array.from(names, (name) => job(name));
  for (const one of jobs) gate.offer(one, 0);
  return { gate, jobs };
}

/** The names of all that may start now. */
function takeAll(gate: Gate<Job>, now = 0): string {
  let names = '';
  for (let next = gate.take(now); next; next = gate.take(now)) names += next.name;
  return names;
}

describe('Gate', () => {
  it('gives nothing when nothing waits', () => {
    const gate = new Gate<Job>(1);
    expect(gate.take(0)).toBeUndefined();
    expect(gate).toMatchObject({ inFlight: 0, waiting: 0, hasSlot: true });
    expect(gate.wakeAt()).toBe(Infinity);
  });

  it('starts jobs in the order they came', () => {
    const { gate } = gateWith(10, 'abc');
    expect(takeAll(gate)).toBe('abc');
  });

  it('starts no more jobs than it has slots', () => {
    const { gate } = gateWith(2, 'abcd');
    expect(takeAll(gate)).toBe('ab');
    expect(gate).toMatchObject({ inFlight: 2, waiting: 2, hasSlot: false });
  });

  it('fills one slot for each that is given back', () => {
    const { gate } = gateWith(2, 'abcd');
    takeAll(gate);
    gate.release();
    expect(takeAll(gate)).toBe('c');
    gate.release();
    gate.release();
    expect(takeAll(gate)).toBe('d');
    expect(gate.inFlight).toBe(1);
  });

  it('starts nothing while it has no slots', () => {
    const { gate } = gateWith(0, 'a');
    gate.offer(job('b', 5), 0);
    expect(gate.take(10)).toBeUndefined();
    expect(gate.wakeAt()).toBe(Infinity);
    gate.slots = 2;
    expect(takeAll(gate, 10)).toBe('ba');
  });

  it('starts more at once when slots are added', () => {
    const { gate } = gateWith(1, 'abc');
    takeAll(gate);
    gate.slots = 3;
    expect(takeAll(gate)).toBe('bc');
  });

  it('waits until enough are back when slots are taken away', () => {
    const { gate } = gateWith(3, 'abcde');
    takeAll(gate);
    gate.slots = 1;
    gate.release();
    gate.release();
    expect(gate.hasSlot).toBe(false);
    expect(gate.take(0)).toBeUndefined();
    gate.release();
    expect(takeAll(gate)).toBe('d');
  });

  describe('with a job that must wait', () => {
    it('starts it when its time has come, to the millisecond', () => {
      const gate = new Gate<Job>(1);
      gate.offer(job('a', 10), 0);
      expect(gate.waiting).toBe(1);
      expect(gate.take(9)).toBeUndefined();
      expect(gate.take(10)?.name).toBe('a');
      expect(gate.waiting).toBe(0);
    });

    it('puts it in line at once when its time has already come', () => {
      const gate = new Gate<Job>(3);
      gate.offer(job('a'), 10);
      gate.offer(job('b', 10), 10);
      gate.offer(job('c', 9), 10);
      expect(takeAll(gate, 10)).toBe('abc');
    });

    it('starts it before those in line once its time has come', () => {
      const { gate } = gateWith(1, 'ab');
      gate.offer(job('r', 5), 0);
      expect(gate.take(0)?.name).toBe('a');
      gate.release();
      expect(gate.take(5)?.name).toBe('r');
      gate.release();
      expect(gate.take(5)?.name).toBe('b');
    });

    it('lets those in line pass meanwhile: it holds no slot', () => {
      const { gate } = gateWith(1, 'a');
      gate.offer(job('r', 5), 0);
      expect(takeAll(gate)).toBe('a');
    });

    it('starts several in the order in which their times came', () => {
      const gate = new Gate<Job>(4);
      for (const one of [job('a', 30), job('b', 10), job('c', 20), job('d', 10)]) gate.offer(one, 0);
      expect(takeAll(gate, 30)).toBe('bdca');
    });
  });

  describe('asked when to ask again', () => {
    it('names the earliest time of those that must wait', () => {
      const gate = new Gate<Job>(1);
      gate.offer(job('a', 20), 0);
      gate.offer(job('b', 10), 0);
      expect(gate.wakeAt()).toBe(10);
    });

    it('says never while there is no slot, and the time when there is one', () => {
      const { gate } = gateWith(1, 'a');
      gate.offer(job('r', 10), 0);
      takeAll(gate);
      expect(gate.wakeAt()).toBe(Infinity);
      gate.release();
      expect(gate.wakeAt()).toBe(10);
    });

    it('forgets a job that was withdrawn', () => {
      const gate = new Gate<Job>(1);
      const retry = job('r', 10);
      gate.offer(retry, 0);
      gate.withdraw(retry);
      expect(gate.wakeAt()).toBe(Infinity);
      expect(gate.waiting).toBe(0);
    });
  });

  describe('with a job withdrawn', () => {
    it('never starts it, and keeps the others in order', () => {
      const { gate, jobs } = gateWith(5, 'abcd');
      gate.withdraw(jobs[1]!);
      gate.withdraw(jobs[2]!);
      expect(gate.waiting).toBe(2);
      expect(takeAll(gate)).toBe('ad');
      expect(gate).toMatchObject({ waiting: 0, inFlight: 2 });
    });

    it('has nothing to start when all are withdrawn', () => {
      const { gate, jobs } = gateWith(5, 'abc');
      for (const one of jobs) gate.withdraw(one);
      expect(gate.waiting).toBe(0);
      expect(gate.take(0)).toBeUndefined();
      expect(gate.inFlight).toBe(0);
    });

    it('does not hand it out with those that are removed', () => {
      const { gate, jobs } = gateWith(5, 'abc');
      gate.withdraw(jobs[0]!);
      expect(gate.remove(() => true).map(({ name }) => name)).toEqual(['b', 'c']);
      expect(gate.waiting).toBe(0);
      expect(gate.take(0)).toBeUndefined();
    });

    it('does not keep it alive', async () => {
      const { gate } = gateWith(1, 'a');
      const collected = await isCollected(() => {
        const gone = job('gone');
        gate.offer(gone, 0);
        gate.withdraw(gone);
        takeAll(gate);
        gate.release();
        takeAll(gate);
        return gone;
      });
      expect(collected).toBe(true);
    });
  });

  describe('with jobs removed', () => {
    it('hands them out, those that must wait first, and keeps the others in order', () => {
      const { gate } = gateWith(9, 'abcd');
      gate.offer(job('b', 20), 0);
      gate.offer(job('b', 10), 0);
      gate.offer(job('c', 10), 0);
      const removed = gate.remove(({ name }) => name === 'b' || name === 'd');
      expect(removed.map(({ name, notBefore }) => `${name}${notBefore}`)).toEqual(['b10', 'b20', 'b0', 'd0']);
      expect(gate.waiting).toBe(3);
      expect(takeAll(gate, 10)).toBe('cac');
    });

    it('leaves alone what is in flight', () => {
      const { gate } = gateWith(1, 'ab');
      takeAll(gate);
      expect(gate.remove(() => true).map(({ name }) => name)).toEqual(['b']);
      expect(gate.inFlight).toBe(1);
    });
  });
});

type Step =
  | { readonly do: 'offer'; readonly delay: number }
  | { readonly do: 'again'; readonly delay: number }
  | { readonly do: 'take' | 'release' }
  | { readonly do: 'tick'; readonly time: number }
  | { readonly do: 'slots'; readonly slots: number }
  | { readonly do: 'withdraw'; readonly pick: number }
  | { readonly do: 'remove'; readonly modulus: number };

const delay = fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 20 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('offer' as const), delay }) },
  { weight: 8, arbitrary: fc.constant({ do: 'take' } as const) },
  { weight: 3, arbitrary: fc.constant({ do: 'release' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('again' as const), delay }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const), time: fc.nat(15) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slots' as const), slots: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('withdraw' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), modulus: fc.integer({ min: 2, max: 4 }) }),
  },
);

/** What a gate does, said as plainly as possible: two lists, searched from end to end. */
class GateModel {
  line: Job[] = [];
  delayed: Job[] = [];
  flying: Job[] = [];

  constructor(public slots: number) {}

  offer(one: Job, now: number): void {
    (one.notBefore > now ? this.delayed : this.line).push(one);
  }

  take(now: number): Job | undefined {
    if (this.flying.length >= this.slots) return undefined;
    const [due] = this.byTime().filter(({ notBefore }) => notBefore <= now);
    const next = due ?? this.line[0];
    if (next) {
      this.drop(next);
      this.flying.push(next);
    }
    return next;
  }

  drop(one: Job): void {
    this.line = this.line.filter((other) => other !== one);
    this.delayed = this.delayed.filter((other) => other !== one);
  }

  /** `sort` keeps the order of equals. */
  byTime(): Job[] {
    return [...this.delayed].sort((a, b) => a.notBefore - b.notBefore);
  }

  wakeAt(): number {
    return this.flying.length < this.slots ? (this.byTime()[0]?.notBefore ?? Infinity) : Infinity;
  }
}

describe('Gate, through anything that may happen to it', () => {
  it('starts what the plainest gate would start, and says the same of itself', () => {
    let starts = 0;
    fc.assert(
      fc.property(fc.nat(3), fc.array(step, { maxLength: 120, size: 'max' }), (slots, steps) => {
        const gate = new Gate<Job>(slots);
        const model = new GateModel(slots);
        let now = 0;
        let count = 0;
        for (const action of steps) {
          switch (action.do) {
            case 'offer': {
              const one = job(String(count++), now + action.delay);
              gate.offer(one, now);
              model.offer(one, now);
              break;
            }
            case 'take': {
              const started = gate.take(now);
              expect(started).toBe(model.take(now));
              if (!started) break;
              starts++;
              expect(started.notBefore).toBeLessThanOrEqual(now);
              expect(gate.inFlight).toBeLessThanOrEqual(gate.slots);
              break;
            }
            case 'release':
              if (model.flying.shift()) gate.release();
              break;
            case 'again': {
              const landed = model.flying.shift();
              if (!landed) break;
              gate.release();
              landed.notBefore = now + action.delay;
              gate.offer(landed, now);
              model.offer(landed, now);
              break;
            }
            case 'tick':
              now += action.time;
              break;
            case 'slots':
              gate.slots = model.slots = action.slots;
              break;
            case 'withdraw': {
              const waiting = [...model.line, ...model.delayed];
              const one = waiting[action.pick % Math.max(1, waiting.length)];
              if (!one) break;
              gate.withdraw(one);
              model.drop(one);
              break;
            }
            case 'remove': {
              const leaves = ({ name }: Job): boolean => Number(name) % action.modulus === 0;
              const expected = [...model.byTime(), ...model.line].filter(leaves);
              expect(gate.remove(leaves)).toEqual(expected);
              for (const one of expected) model.drop(one);
              break;
            }
          }
          expect(gate.inFlight).toBe(model.flying.length);
          expect(gate.waiting).toBe(model.line.length + model.delayed.length);
          expect(gate.hasSlot).toBe(model.flying.length < model.slots);
          expect(gate.wakeAt()).toBe(model.wakeAt());
        }
      }),
      { numRuns: 500 },
    );
    expect(starts).toBeGreaterThan(500); // it did not pass by doing nothing
  });

  it('starts every job once when whoever drives it keeps its rules', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(50), { maxLength: 60, size: 'max' }),
        (slots, delays) => {
          const gate = new Gate<Job>(slots);
          const jobs = delays.map((time, name) => job(String(name), time));
          for (const one of jobs) gate.offer(one, 0);
          const started: Job[] = [];
          let now = 0;
          while (gate.waiting > 0) {
            const next = gate.take(now);
            if (next) {
              started.push(next);
              if (!gate.hasSlot) gate.release();
            } else {
              const wakeAt = gate.wakeAt();
              expect(wakeAt).toBeGreaterThan(now);
              expect(wakeAt).toBeLessThan(Infinity);
              now = wakeAt;
            }
          }
          expect(new Set(started)).toEqual(new Set(jobs));
          expect(started).toHaveLength(jobs.length);
        },
      ),
    );
  });
});
