import { describe, expect, it } from 'vitest';
import { job, newGate, type Job } from './jobs.js';

describe('Gate, with 10,000 hosts and 1,000,000 jobs', () => {
  const hosts = 10_000;
  const each = 100;

  it('chooses without looking through what waits, and serves all hosts alike', { timeout: 60_000 }, () => {
    const gate = newGate({ slots: 64 }, { concurrency: 1 });
    const keys = Array.from({ length: hosts }, (_, host) => `https://${host}.example`);
    // the worst order: one host after the other, as a list sorted by URL has it
    for (const key of keys) for (let count = 0; count < each; count++) gate.offer(job('', key), 0);
    expect(gate.waiting).toBe(hosts * each);

    const starts = new Map<string, number>(keys.map((key) => [key, 0]));
    const flying: Job[] = [];
    let most = 0;
    let started = 0;
    for (let now = 0; gate.waiting + gate.inFlight > 0; now++) {
      for (let next = gate.take(now); next; next = gate.take(now)) {
        flying.push(next);
        const count = starts.get(next.host)! + 1;
        starts.set(next.host, count);
        if (count > most) {
          // before any host has its second, all have had their first, but for those under way
          expect(started).toBeGreaterThanOrEqual((count - 1) * hosts - gate.slots);
          most = count;
        }
        started++;
      }
      const landed = flying[now % flying.length]!;
      flying[now % flying.length] = flying.at(-1)!;
      flying.pop();
      gate.release(landed, false, now);
    }
    expect(started).toBe(hosts * each);
    expect(new Set(starts.values())).toEqual(new Set([each]));
  });

  it('wakes for each host at its own time', { timeout: 60_000 }, () => {
    const gate = newGate({}, { delay: 1_000 });
    for (let count = 0; count < 10; count++) {
      for (let host = 0; host < hosts; host++) gate.offer(job('', `https://${host}.example`), host / 10);
    }
    let started = 0;
    let wakes = 0;
    for (let now = hosts / 10; now < Infinity; now = gate.wakeAt()) {
      wakes++;
      for (let next = gate.take(now); next; next = gate.take(now)) {
        gate.release(next, false, now);
        started++;
      }
    }
    expect(started).toBe(hosts * 10);
    expect(wakes).toBe(10); // all started together at first, so they come back together
  });
});
