import { describe, expect, it } from 'vitest';
import { Host, type HostLimits } from '../../lib/gate/host.js';
import { job, noHostLimits, retry, type Job } from './jobs.js';

const hostWith = (limits: Partial<HostLimits> = {}): Host<Job> => new Host({ ...noHostLimits, ...limits });

/** Takes the next job of a host's line and starts it. */
function startNext(host: Host<Job>, now: number): Job | undefined {
  const next = host.shift(now);
  if (next) host.started(next, now);
  return next;
}

describe('Host', () => {
  it('has nothing to start and nothing to remember at first', () => {
    const host = hostWith();
    expect(host.startableAt).toBe(Infinity);
    expect(host.shift(0)).toBeUndefined();
    expect(host.isClear(0)).toBe(true);
  });

  it('may start what is in line at any time', () => {
    const host = hostWith();
    host.offer(job('a'), 0);
    expect(host.startableAt).toBe(-Infinity);
    expect(host.isClear(0)).toBe(false);
  });

  it('gives jobs in the order they came, and before them the retries whose time has come', () => {
    const host = hostWith();
    for (const one of [job('a'), job('b'), retry('r', 10), retry('q', 5), retry('late', 20)]) {
      host.offer(one, 0);
    }
    expect([1, 2, 3, 4].map(() => host.shift(10)?.name)).toEqual(['q', 'r', 'a', 'b']);
    expect(host.shift(10)).toBeUndefined();
    expect(host.startableAt).toBe(20);
  });

  it('gives a retry that need not wait before what is in line', () => {
    const host = hostWith();
    host.offer(job('a'), 0);
    host.offer(retry('r', 10), 10);
    expect(host.shift(10)?.name).toBe('r');
  });

  it('keeps the order of jobs that are new, though one names a time that has passed', () => {
    const host = hostWith();
    host.offer(job('a'), 10);
    host.offer(job('b', '', 5), 10);
    expect([host.shift(10)?.name, host.shift(10)?.name]).toEqual(['a', 'b']);
  });

  it('starts nothing while as many as it may have are under way', () => {
    const host = hostWith({ concurrency: 2 });
    for (const name of 'abc') host.offer(job(name), 0);
    startNext(host, 0);
    expect(host.startableAt).toBeLessThanOrEqual(0);
    startNext(host, 0);
    expect(host.startableAt).toBe(Infinity);
    host.running--;
    expect(host.startableAt).toBeLessThanOrEqual(0);
  });

  it('may start when its spacing, its rate, its pause and a job all let it: the latest of them', () => {
    const host = hostWith({ delay: 10, rate: { limit: 1, per: 15 } });
    host.offer(job('a'), 0);
    startNext(host, 0);
    expect(host.startableAt).toBe(Infinity);
    host.offer(retry('b', 5), 0);
    expect(host.startableAt).toBe(15);
    host.pause(20);
    expect(host.startableAt).toBe(20);
    host.pause(18); // no shorter
    expect(host.startableAt).toBe(20);
    host.shift(20);
    host.offer(retry('c', 30), 20);
    expect(host.startableAt).toBe(30);
  });

  it('counts first attempts, not retries, as the traffic that its budget is a share of', () => {
    const host = hostWith({ retryShare: 1 });
    while (host.budget.withdraw());
    host.started(retry('r', 0), 0);
    expect(host.budget.withdraw()).toBe(false);
    host.started(job('a'), 0);
    expect(host.budget.withdraw()).toBe(true);
  });

  it('marks the attempts that are probes', () => {
    const host = hostWith({ circuit: { threshold: 1, window: 10, cooldown: 5, probes: 1 } });
    const [before, probe] = [job('before'), job('probe')];
    host.started(before, 0);
    expect(before.probe).toBe(false);
    host.circuit?.ended(true, before.probe, 0);
    host.started(probe, 5);
    expect(probe.probe).toBe(true);
    host.circuit?.ended(false, probe.probe, 6);
    host.started(probe, 7);
    expect(probe.probe).toBe(false);
  });

  it('lets a delayed job be withdrawn, once, and none that has left', () => {
    const host = hostWith();
    const [a, b] = [retry('a', 10), retry('b', 10)];
    host.offer(a, 0);
    host.offer(b, 0);
    expect(host.withdraw(a)).toBe(true);
    expect(host.withdraw(a)).toBe(false);
    expect(host.shift(10)).toBe(b);
    expect(host.withdraw(b)).toBe(false);
  });

  it('hands out what is removed, delayed jobs first, and keeps the rest in order', () => {
    const host = hostWith();
    for (const one of [job('a'), job('b'), retry('x', 20), retry('y', 10), job('c')]) host.offer(one, 0);
    const gone = host.remove(({ name }) => 'bxy'.includes(name));
    expect(gone.map(({ name }) => name)).toEqual(['y', 'x', 'b']);
    expect([host.shift(30)?.name, host.shift(30)?.name, host.shift(30)]).toEqual(['a', 'c', undefined]);
  });

  describe('has something to remember', () => {
    it('while an attempt is under way', () => {
      const host = hostWith();
      host.started(job('a'), 0);
      expect(host.isClear(0)).toBe(false);
      host.running--;
      expect(host.isClear(0)).toBe(true);
    });

    it('while a job waits for its time', () => {
      const host = hostWith();
      host.offer(retry('r', 10), 0);
      expect(host.isClear(5)).toBe(false);
    });

    it.each<[string, Partial<HostLimits>, (host: Host<Job>) => void, number]>([
      ['its spacing', { delay: 10 }, () => undefined, 10],
      ['its rate', { rate: { limit: 5, per: 10 } }, () => undefined, 10],
      ['its pause', {}, (host) => host.pause(10), 10],
      [
        'a failure',
        { circuit: { threshold: 2, window: 10, cooldown: 5, probes: 1 } },
        (host) => host.circuit?.ended(true, false, 0),
        10,
      ],
      [
        'an open circuit',
        { circuit: { threshold: 1, window: 10, cooldown: 5, probes: 1 } },
        (host) => host.circuit?.ended(true, false, 0),
        Infinity,
      ],
      ['a retry taken from its budget', {}, (host) => host.budget.withdraw(), 600_000],
    ])('while %s holds', (_, limits, happen, until) => {
      const host = hostWith(limits);
      host.offer(job('a'), 0);
      startNext(host, 0);
      host.running--;
      happen(host);
      if (until === Infinity) expect(host.isClear(1e9)).toBe(false);
      else expect([host.isClear(until - 1), host.isClear(until)]).toEqual([false, true]);
    });
  });
});
