import { describe, expect, it } from 'vitest';
import type { CircuitOptions } from '../../lib/gate/circuit.js';
import { isCollected } from '../support/garbage.js';
import { allRefused, job, names, newGate, offerAll, retry, startsInTime, takeAll } from './jobs.js';

describe('Gate', () => {
  it('gives nothing when nothing waits', () => {
    const gate = newGate({ slots: 1 });
    expect(gate.take(0)).toBeUndefined();
    expect(gate.refused()).toBeUndefined();
    expect(gate).toMatchObject({ inFlight: 0, waiting: 0, hasSlot: true });
    expect(gate.wakeAt()).toBe(Infinity);
  });

  it('starts jobs in the order they came', () => {
    const gate = newGate();
    offerAll(gate, 'aaa');
    expect(names(takeAll(gate))).toBe('a1 a2 a3');
  });

  describe('with slots', () => {
    it('starts no more jobs than it has', () => {
      const gate = newGate({ slots: 2 });
      offerAll(gate, 'aabb');
      expect(takeAll(gate)).toHaveLength(2);
      expect(gate).toMatchObject({ inFlight: 2, waiting: 2, hasSlot: false });
    });

    it('fills one for each that is given back', () => {
      const gate = newGate({ slots: 2 });
      offerAll(gate, 'aaaa');
      const [first, second] = takeAll(gate);
      gate.release(first!, false, 0);
      const [third] = takeAll(gate);
      expect(third?.name).toBe('a3');
      gate.release(second!, true, 0);
      gate.release(third!, undefined, 0);
      expect(names(takeAll(gate))).toBe('a4');
      expect(gate.inFlight).toBe(1);
    });

    it('starts nothing while it has none, and asks for nothing', () => {
      const gate = newGate({ slots: 0 });
      offerAll(gate, 'ab');
      gate.offer(retry('r', 5), 0);
      expect(gate.take(10)).toBeUndefined();
      expect(gate.wakeAt()).toBe(Infinity);
      gate.slots = 3;
      expect(gate.wakeAt()).toBeLessThanOrEqual(10);
      expect(takeAll(gate, 10)).toHaveLength(3);
    });

    it('starts more at once when some are added', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'aaa');
      takeAll(gate);
      gate.slots = 3;
      expect(names(takeAll(gate))).toBe('a2 a3');
    });

    it('waits until enough are back when some are taken away', () => {
      const gate = newGate({ slots: 3 });
      offerAll(gate, 'aaaaa');
      const [first, second, third] = takeAll(gate);
      gate.slots = 1;
      gate.release(first!, false, 0);
      gate.release(second!, false, 0);
      expect(gate.hasSlot).toBe(false);
      expect(gate.take(0)).toBeUndefined();
      expect(gate.wakeAt()).toBe(Infinity);
      gate.release(third!, false, 0);
      expect(names(takeAll(gate))).toBe('a4');
    });
  });

  describe('with a job that must wait', () => {
    it('starts it when its time has come, to the millisecond', () => {
      const gate = newGate({ slots: 1 });
      gate.offer(retry('r', 10), 0);
      expect(gate.waiting).toBe(1);
      expect(gate.take(9)).toBeUndefined();
      expect(gate.take(10)?.name).toBe('r');
      expect(gate.waiting).toBe(0);
    });

    it('starts it before its host’s line once its time has come, and no other host waits longer for that', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'aaab');
      gate.offer(retry('r', 5, 'a'), 0);
      const started: string[] = [];
      for (let turn = 0; turn < 5; turn++) {
        const next = gate.take(5)!;
        started.push(next.name);
        gate.release(next, false, 5);
      }
      expect(started).toEqual(['r', 'b1', 'a1', 'a2', 'a3']);
    });

    it('lets those in line pass meanwhile: it holds no slot', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'a');
      gate.offer(retry('r', 5, 'a'), 0);
      expect(names(takeAll(gate))).toBe('a1');
    });

    it('starts several in the order in which their times came', () => {
      const gate = newGate();
      for (const one of [retry('w', 30), retry('x', 10), retry('y', 20), retry('z', 10)]) gate.offer(one, 0);
      expect(names(takeAll(gate, 30))).toBe('x z y w');
    });
  });

  describe('with several hosts', () => {
    it('takes them in turn, however many jobs one has', () => {
      const gate = newGate();
      offerAll(gate, 'aaaabbc');
      expect(names(takeAll(gate))).toBe('a1 b1 c1 a2 b2 a3 a4');
    });

    it('gives a slot to the host that has waited longest', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'aab');
      const first = gate.take(0)!;
      offerAll(gate, 'c', 1);
      gate.release(first, false, 2);
      // a has waited again since its turn, which was before c came
      expect(names([0, 0, 0].map(() => gate.take(2)).flatMap((one) => one ?? []))).toBe('b1');
      gate.slots = 9;
      expect(names(takeAll(gate, 2))).toBe('a2 c1');
    });

    it('counts a host’s waiting from when it might start, though no slot was free at that time', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'x');
      const busy = gate.take(0)!;
      gate.offer(retry('early', 10, 'a'), 0);
      gate.offer(job('late', 'b'), 15);
      gate.release(busy, false, 20);
      gate.slots = 2;
      expect(names(takeAll(gate, 20))).toBe('early late');
    });

    it('counts it too when another’s slot comes free before', () => {
      const gate = newGate({ slots: 2 }, { concurrency: 1 });
      offerAll(gate, 'bcb');
      const [b] = takeAll(gate);
      gate.offer(retry('early', 10, 'a'), 0);
      gate.slots = 1;
      gate.release(b!, false, 15);
      gate.slots = 3;
      expect(names(takeAll(gate, 20))).toBe('early b2');
    });

    it('starts no more of one than it may have at once, and passes the slots on', () => {
      const gate = newGate({ slots: 4 }, { concurrency: 2 });
      offerAll(gate, 'aaaaaabbbb');
      const started = takeAll(gate);
      expect(names(started)).toBe('a1 b1 a2 b2');
      gate.slots = 6;
      expect(gate.take(0)).toBeUndefined();
      expect(gate.wakeAt()).toBe(Infinity);
      gate.release(started[1]!, false, 0);
      expect(names(takeAll(gate))).toBe('b3');
    });

    it('leaves no room in front of a host that may start for one that may not', () => {
      const gate = newGate({ slots: 2 }, { delay: 100 });
      offerAll(gate, 'aaaab');
      expect(names(takeAll(gate))).toBe('a1 b1');
    });
  });

  describe('with spacing', () => {
    it('starts a host’s jobs that far apart, and says when', () => {
      const gate = newGate({}, { delay: 10 });
      offerAll(gate, 'aaab');
      expect(startsInTime(gate)).toEqual(['a1@0', 'b1@0', 'a2@10', 'a3@20']);
    });

    it('remembers the last start of a host whose line was empty for a moment', () => {
      const gate = newGate({}, { delay: 10 });
      offerAll(gate, 'a');
      startsInTime(gate);
      offerAll(gate, 'a', 4);
      expect(gate.take(9)).toBeUndefined();
      expect(gate.wakeAt()).toBe(10);
      expect(gate.take(10)).toBeDefined();
    });

    it('counts from start to start, not from end to start', () => {
      const gate = newGate({}, { delay: 10 });
      offerAll(gate, 'aa');
      const [first] = takeAll(gate);
      expect(gate.take(10)?.name).toBe('a2');
      gate.release(first!, false, 30);
      offerAll(gate, 'a', 30);
      expect(gate.take(30)).toBeDefined();
    });
  });

  describe('with rates', () => {
    it('keeps each host to its own', () => {
      const gate = newGate({}, { rate: { limit: 2, per: 10 } });
      offerAll(gate, 'aaaaab');
      expect(startsInTime(gate)).toEqual(['a1@0', 'b1@0', 'a2@0', 'a3@10', 'a4@10', 'a5@20']);
    });

    it('keeps all starts to the one of all, in turn', () => {
      const gate = newGate({ rate: { limit: 2, per: 10 } });
      offerAll(gate, 'aaabc');
      expect(startsInTime(gate)).toEqual(['a1@0', 'b1@0', 'c1@10', 'a2@10', 'a3@20']);
    });

    it('asks again when both the rate and a host allow it', () => {
      const gate = newGate({ rate: { limit: 1, per: 10 } }, { delay: 25 });
      offerAll(gate, 'aab');
      expect(startsInTime(gate)).toEqual(['a1@0', 'b1@10', 'a2@25']);
    });

    it('says whether what waits is enough for when the rate allows more', () => {
      const gate = newGate({ rate: { limit: 1, per: 10 } });
      expect(gate.isSated(0)).toBe(false);
      offerAll(gate, 'a');
      expect(gate.isSated(0)).toBe(false);
      takeAll(gate);
      expect(gate.isSated(0)).toBe(false);
      gate.offer(retry('late', 11), 0);
      expect(gate.isSated(0)).toBe(false);
      offerAll(gate, 'b');
      expect(gate.isSated(0)).toBe(true);
      expect(gate.isSated(10)).toBe(false);
    });
  });

  describe('with a host paused', () => {
    it('starts nothing there until then, and others meanwhile', () => {
      const gate = newGate();
      offerAll(gate, 'aab');
      gate.pause('a', 50, 0);
      expect(startsInTime(gate)).toEqual(['b1@0', 'a1@50', 'a2@50']);
    });

    it('remembers that for a host of which nothing waits, or that was never seen', () => {
      const gate = newGate();
      gate.pause('a', 50, 0);
      offerAll(gate, 'a', 1);
      expect(startsInTime(gate, 1)).toEqual(['a1@50']);
    });

    it('asks again at the end of the pause, not at what it waited for before', () => {
      const gate = newGate({}, { delay: 10 });
      offerAll(gate, 'aa');
      takeAll(gate);
      expect(gate.wakeAt()).toBe(10);
      gate.pause('a', 50, 0);
      expect(gate.wakeAt()).toBe(50);
    });

    it('holds back its retries too', () => {
      const gate = newGate();
      gate.offer(retry('r', 10, 'a'), 0);
      gate.pause('a', 50, 0);
      expect(startsInTime(gate)).toEqual(['r@50']);
    });
  });

  describe('with circuits', () => {
    const circuit: CircuitOptions = { threshold: 2, window: 100, cooldown: 10, probes: 1 };

    /** One whose host a has failed twice at 0, with a job in line and one that waits for its time. */
    function gateWithOpenCircuit(options: Partial<CircuitOptions> = {}): ReturnType<typeof newGate> {
      const gate = newGate({ slots: 2 }, { circuit: { ...circuit, ...options } });
      offerAll(gate, 'aaa');
      const failing = takeAll(gate);
      gate.offer(retry('r', 5, 'a'), 0);
      for (const one of failing) gate.release(one, true, 0);
      return gate;
    }

    it('refuses what waits for a host when its circuit opens', () => {
      const gate = gateWithOpenCircuit();
      expect(gate.take(0)).toBeUndefined();
      expect(names(allRefused(gate))).toBe('r a3');
      expect(gate).toMatchObject({ waiting: 0, inFlight: 0 });
      expect(gate.wakeAt()).toBe(Infinity);
    });

    it('refuses what comes while it is open, and starts other hosts’ jobs', () => {
      const gate = gateWithOpenCircuit();
      allRefused(gate);
      offerAll(gate, 'aab', 9);
      expect(names(takeAll(gate, 9))).toBe('b1');
      expect(names(allRefused(gate))).toBe('a1 a2');
    });

    it('counts what is refused as waiting until it is told, and asks to be asked at once', () => {
      const gate = gateWithOpenCircuit();
      gate.slots = 0;
      expect(gate.waiting).toBe(2);
      expect(gate.wakeAt()).toBe(-Infinity);
      gate.refused();
      expect(gate.waiting).toBe(1);
      gate.refused();
      expect(gate.waiting).toBe(0);
      expect(gate.wakeAt()).toBe(Infinity);
    });

    it('does not refuse what is withdrawn first', () => {
      const gate = newGate({}, { circuit });
      const [first, second, third, fourth] = offerAll(gate, 'aaaa');
      gate.slots = 2;
      takeAll(gate);
      gate.withdraw(third!);
      gate.release(first!, true, 0);
      gate.release(second!, true, 0);
      gate.withdraw(fourth!);
      expect(gate.waiting).toBe(0);
      expect(gate.refused()).toBeUndefined();
      expect(gate.waiting).toBe(0);
    });

    it('hands out what is refused with what is removed', () => {
      const gate = gateWithOpenCircuit();
      offerAll(gate, 'b');
      expect(names(gate.remove(({ name }) => name !== 'r'))).toBe('a3 b1');
      expect(gate.waiting).toBe(1);
      expect(names(allRefused(gate))).toBe('r');
    });

    it('tries the host with one job once the cooldown is over, and refuses the others', () => {
      const gate = gateWithOpenCircuit();
      allRefused(gate);
      offerAll(gate, 'aaa', 10);
      const [probe, ...others] = takeAll(gate, 10);
      expect(probe).toMatchObject({ name: 'a1', probe: true });
      expect(others).toEqual([]);
      expect(names(allRefused(gate))).toBe('a2 a3');
      offerAll(gate, 'a', 11);
      expect(allRefused(gate)).toHaveLength(1);
    });

    it('starts all again when the probe succeeds', () => {
      const gate = gateWithOpenCircuit();
      allRefused(gate);
      offerAll(gate, 'a', 10);
      gate.release(gate.take(10)!, false, 12);
      offerAll(gate, 'aa', 12);
      expect(names(takeAll(gate, 12))).toBe('a1 a2');
      expect(gate.refused()).toBeUndefined();
    });

    it('is open for another cooldown when the probe fails', () => {
      const gate = gateWithOpenCircuit();
      allRefused(gate);
      offerAll(gate, 'a', 10);
      gate.release(gate.take(10)!, true, 12);
      offerAll(gate, 'a', 21);
      expect(allRefused(gate)).toHaveLength(1);
      offerAll(gate, 'a', 22);
      expect(takeAll(gate, 22)).toHaveLength(1);
    });

    it('tries again when the probe was cancelled', () => {
      const gate = gateWithOpenCircuit();
      allRefused(gate);
      offerAll(gate, 'a', 10);
      gate.release(gate.take(10)!, undefined, 12);
      offerAll(gate, 'a', 12);
      expect(takeAll(gate, 12)).toMatchObject([{ probe: true }]);
    });

    it('is not opened by what says nothing of the host', () => {
      const gate = newGate({}, { circuit });
      offerAll(gate, 'aaaaaa');
      for (const one of takeAll(gate)) gate.release(one, undefined, 0);
      offerAll(gate, 'a');
      expect(takeAll(gate)).toHaveLength(1);
    });
  });

  describe('asked for a retry', () => {
    it('gives what the host’s budget has, and not of another’s', () => {
      const gate = newGate();
      const asked = Array.from({ length: 12 }, () => gate.mayRetry('a', 0));
      expect(asked).toEqual([...Array<boolean>(10).fill(true), false, false]);
      expect(gate.mayRetry('b', 0)).toBe(true);
    });

    it('gives more after first attempts, whether or not a host’s line was empty between', () => {
      const gate = newGate({}, { retryShare: 0.5 });
      while (gate.mayRetry('a', 0));
      for (let turn = 0; turn < 2; turn++) {
        offerAll(gate, 'a', turn);
        gate.release(gate.take(turn)!, true, turn);
      }
      expect([gate.mayRetry('a', 2), gate.mayRetry('a', 2)]).toEqual([true, false]);
    });
  });

  describe('asked when to ask again', () => {
    it('names the earliest time of those that must wait, and then has something', () => {
      const gate = newGate({ slots: 1 });
      gate.offer(retry('late', 20, 'a'), 0);
      gate.offer(retry('early', 10, 'b'), 0);
      expect(gate.wakeAt()).toBe(10);
      expect(gate.take(10)?.name).toBe('early');
    });

    it('says never while there is no slot, and the time when there is one', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'a');
      gate.offer(retry('r', 10), 0);
      const [first] = takeAll(gate);
      expect(gate.wakeAt()).toBe(Infinity);
      gate.release(first!, false, 0);
      expect(gate.wakeAt()).toBe(10);
    });

    it.each([
      ['spacing', newGate({}, { delay: 60_000 })],
      ['the rate of a host', newGate({}, { rate: { limit: 1, per: 60_000 } })],
      ['the rate of all', newGate({ rate: { limit: 1, per: 60_000 } })],
      ['a pause', newGate()],
    ])('says never when %s would hold back a job that was withdrawn', (limit, gate) => {
      const [, second] = offerAll(gate, 'aa');
      gate.take(0);
      if (limit === 'a pause') gate.pause('a', 60_000, 0);
      takeAll(gate);
      gate.withdraw(second!);
      expect(gate.wakeAt()).toBe(Infinity);
    });

    it('says never when all are removed', () => {
      const gate = newGate({ rate: { limit: 1, per: 60_000 } }, { delay: 60_000 });
      offerAll(gate, 'aabc');
      gate.offer(retry('r', 10, 'd'), 0);
      takeAll(gate);
      gate.remove(() => true);
      expect(gate.wakeAt()).toBe(Infinity);
    });

    it('names the next time when a delayed job is withdrawn or removed', () => {
      const gate = newGate();
      const [first, second, third] = [retry('x', 10, 'a'), retry('y', 20, 'a'), retry('z', 30, 'b')];
      for (const one of [first, second, third]) gate.offer(one, 0);
      gate.withdraw(first);
      expect(gate.wakeAt()).toBe(20);
      gate.remove((one) => one === second);
      expect(gate.wakeAt()).toBe(30);
    });
  });

  describe('with a job withdrawn', () => {
    it('never starts it, and keeps the others in order', () => {
      const gate = newGate();
      const jobs = offerAll(gate, 'aaaa');
      gate.withdraw(jobs[1]!);
      gate.withdraw(jobs[2]!);
      expect(gate.waiting).toBe(2);
      expect(names(takeAll(gate))).toBe('a1 a4');
      expect(gate).toMatchObject({ waiting: 0, inFlight: 2 });
    });

    it('has nothing to start when all are withdrawn', () => {
      const gate = newGate();
      for (const one of offerAll(gate, 'aab')) gate.withdraw(one);
      expect(gate.waiting).toBe(0);
      expect(gate.take(0)).toBeUndefined();
      expect(gate.inFlight).toBe(0);
    });

    it('takes nothing of its host’s spacing for it', () => {
      const gate = newGate({}, { delay: 10 });
      const [first] = offerAll(gate, 'aaa');
      gate.withdraw(first!);
      expect(startsInTime(gate)).toEqual(['a2@0', 'a3@10']);
    });

    it('does not hand it out with those that are removed', () => {
      const gate = newGate();
      const jobs = offerAll(gate, 'aaa');
      gate.withdraw(jobs[0]!);
      expect(names(gate.remove(() => true))).toBe('a2 a3');
      expect(gate.waiting).toBe(0);
      expect(gate.take(0)).toBeUndefined();
    });

    it.each([0, 50])('does not keep it alive (not before %i)', async (notBefore) => {
      const gate = newGate({ slots: 1 });
      const collected = await isCollected(() => {
        const gone = job('gone', 'a', notBefore);
        offerAll(gate, 'a');
        gate.offer(gone, 0);
        gate.withdraw(gone);
        const [first] = takeAll(gate);
        gate.release(first!, false, 0);
        takeAll(gate);
        return gone;
      });
      expect(collected).toBe(true);
    });
  });

  describe('with jobs removed', () => {
    it('hands them out, each host’s delayed ones first, and keeps the others in order', () => {
      const gate = newGate();
      offerAll(gate, 'aaaab');
      gate.offer(retry('x', 20, 'a'), 0);
      gate.offer(retry('y', 10, 'a'), 0);
      gate.offer(retry('z', 10, 'a'), 0);
      const removed = gate.remove(({ name }) => ['a2', 'a4', 'b1', 'x', 'y'].includes(name));
      expect(names(removed)).toBe('y x a2 a4 b1');
      expect(gate.waiting).toBe(3);
      expect(names(takeAll(gate, 10))).toBe('z a1 a3');
    });

    it('leaves alone what is in flight', () => {
      const gate = newGate({ slots: 1 });
      offerAll(gate, 'ab');
      takeAll(gate);
      expect(names(gate.remove(() => true))).toBe('b1');
      expect(gate.inFlight).toBe(1);
    });
  });
});

describe('Gate, when it has met thousands of hosts', () => {
  const thousands = 5_000;

  /** Meets that many hosts, one job each, from `from` on, so that it looks for such as it can forget. */
  function meetMany(gate: ReturnType<typeof newGate>, from: number): void {
    for (let count = 0; count < thousands; count++) {
      const now = from + count / thousands;
      gate.offer(job(`other ${count}`, `other-${from}-${count}`), now);
      for (const one of takeAll(gate, now)) gate.release(one, false, now);
    }
  }

  it('keeps none that has nothing to remember: they take no memory', async () => {
    const gate = newGate({}, { delay: 10, rate: { limit: 1, per: 10 } });
    const heapUsed = async (): Promise<number> => {
      await isCollected(() => ({})); // collects the garbage
      return process.memoryUsage().heapUsed;
    };
    meetMany(gate, 0);
    const before = await heapUsed();
    for (let from = 100; from <= 2_000; from += 100) meetMany(gate, from);
    expect((await heapUsed()) - before).toBeLessThan(5 * 2 ** 20); // each host takes half a kilobyte: 50 MB
  });

  it.each<[string, Parameters<typeof newGate>[1], (gate: ReturnType<typeof newGate>) => void]>([
    ['its spacing', { delay: 1_000 }, () => undefined],
    ['its rate', { rate: { limit: 1, per: 1_000 } }, () => undefined],
    ['its pause', {}, (gate) => gate.pause('a', 1_000, 0)],
  ])('forgets no host of %s', (_, perHost, happen) => {
    const gate = newGate({}, perHost);
    offerAll(gate, 'a');
    gate.release(gate.take(0)!, false, 0);
    happen(gate);
    meetMany(gate, 1);
    meetMany(gate, 2);
    offerAll(gate, 'a', 999);
    expect(gate.take(999)).toBeUndefined();
    expect(gate.wakeAt()).toBe(1_000);
    expect(gate.take(1_000)).toBeDefined();
  });

  it('forgets no open circuit', () => {
    const gate = newGate({}, { circuit: { threshold: 1, window: 10, cooldown: 1_000, probes: 1 } });
    offerAll(gate, 'a');
    gate.release(gate.take(0)!, true, 0);
    meetMany(gate, 20);
    offerAll(gate, 'a', 100);
    expect(allRefused(gate)).toHaveLength(1);
  });

  it('forgets no failure that may yet open a circuit', () => {
    const gate = newGate({}, { circuit: { threshold: 2, window: 100, cooldown: 1_000, probes: 1 } });
    offerAll(gate, 'aa');
    const [first, second] = takeAll(gate);
    gate.release(first!, true, 0);
    gate.release(second!, false, 0);
    meetMany(gate, 1);
    offerAll(gate, 'a', 50);
    gate.release(gate.take(50)!, true, 50);
    offerAll(gate, 'a', 50);
    expect(allRefused(gate)).toHaveLength(1);
  });

  it('forgets no budget that was drawn on', () => {
    const gate = newGate();
    offerAll(gate, 'a');
    gate.release(gate.take(0)!, true, 0);
    while (gate.mayRetry('a', 0));
    meetMany(gate, 1);
    expect(gate.mayRetry('a', 2)).toBe(false);
  });

  it('forgets no host with an attempt under way: it counts', () => {
    const gate = newGate({}, { concurrency: 1 });
    offerAll(gate, 'a');
    const first = gate.take(0)!;
    meetMany(gate, 1);
    offerAll(gate, 'a', 2);
    expect(gate.take(2)).toBeUndefined();
    gate.release(first, false, 2);
    expect(gate.take(2)).toBeDefined();
  });

  it('forgets no job that waits', () => {
    const gate = newGate();
    gate.offer(retry('r', 1_000, 'a'), 0);
    meetMany(gate, 1);
    expect(gate.wakeAt()).toBe(1_000);
    expect(gate.take(1_000)?.name).toBe('r');
  });
});
