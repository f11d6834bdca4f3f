import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { job, newGate, retry, type Job } from './jobs.js';

describe('Gate.offerAndTake', () => {
  it('does what offer and then take do, whatever was done before', () => {
    const step = fc.record({
      does: fc.constantFrom('offer', 'offer', 'retry', 'release', 'take', 'pause', 'limit'),
      host: fc.constantFrom('a', 'b', 'c'),
      after: fc.nat(4),
      failed: fc.boolean(),
    });
    const limits = fc.record({
      concurrency: fc.constantFrom(1, 2, Infinity),
      delay: fc.constantFrom(0, 3),
      rate: fc.constantFrom(undefined, { limit: 2, per: 5 }),
      circuit: fc.constantFrom(undefined, { threshold: 2, window: 20, cooldown: 5, probes: 1 }),
    });
    const rate = fc.constantFrom(undefined, { limit: 3, per: 4 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), limits, rate, (steps, perHost, all) => {
        const gates = [
          newGate({ slots: 3, rate: all }, perHost),
          newGate({ slots: 3, rate: all }, perHost),
        ] as const;
        const running: [Job, Job][] = [];
        let now = 0;
        const both = (one: Job | undefined, other: Job | undefined): void => {
          expect(one?.name).toBe(other?.name);
          expect(one?.probe).toBe(other?.probe);
          if (one && other) running.push([one, other]);
        };
        steps.forEach(({ does, host, after, failed }, n) => {
          now += after;
          const name = `${host}${n}`;
          if (does === 'offer' || does === 'retry') {
            const make = (): Job => (does === 'offer' ? job(name, host) : retry(name, now + 2, host));
            const plain = make();
            gates[1].offer(plain, now);
            both(gates[0].offerAndTake(make(), now), gates[1].take(now));
          } else if (does === 'take') both(gates[0].take(now), gates[1].take(now));
          else if (does === 'pause') for (const gate of gates) gate.pause(host, now + 4, now);
          else if (does === 'limit') for (const gate of gates) gate.slots = n % 5;
          else {
            const [one, other] = running.shift() ?? [];
            if (one) gates[0].release(one, failed, now);
            if (other) gates[1].release(other, failed, now);
          }
          for (const gate of gates) while (gate.refused());
          expect([gates[0].waiting, gates[0].inFlight, gates[0].wakeAt()]).toEqual([
            gates[1].waiting,
            gates[1].inFlight,
            gates[1].wakeAt(),
          ]);
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
