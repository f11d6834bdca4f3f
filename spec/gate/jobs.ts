import { Gate, type GateLimits } from '../../lib/gate/gate.js';
import type { HostLimits, Waiting } from '../../lib/gate/host.js';
import type { Ticket } from '../../lib/gate/time-queue.js';

/** The least that a gate must know of a job, and a name to tell it by. */
export interface Job extends Waiting {
  readonly name: string;
  notBefore: number;
  starts: number;
}

export const job = (name: string, host = '', notBefore = 0): Job => {
  const delay: Ticket<unknown> | undefined = undefined;
  return { name, host, owner: undefined, notBefore, starts: 0, delay, probe: false };
};

/** A job that has been tried and must wait. */
export const retry = (name: string, notBefore: number, host = ''): Job => ({
  ...job(name, host, notBefore),
  starts: 1,
});

export const noHostLimits: HostLimits = {
  concurrency: Infinity,
  delay: 0,
  rate: undefined,
  circuit: undefined,
  retryShare: 0.2,
};

/** A gate without limits but those given. */
export function newGate(
  limits: Partial<Omit<GateLimits, 'perHost'>> = {},
  perHost: Partial<HostLimits> = {},
): Gate<Job> {
  return new Gate({ slots: Infinity, rate: undefined, ...limits, perHost: { ...noHostLimits, ...perHost } });
}

/** Offers jobs of one letter each: the letter is the host, its place in line the number. `aab`: a1 a2 b1. */
export function offerAll(gate: Gate<Job>, hosts: string, now = 0): Job[] {
  const counts = new Map<string, number>();
  return Array.from(hosts, (host) => {
    const count = (counts.get(host) ?? 0) + 1;
    counts.set(host, count);
    const one = job(`${host}${count}`, host);
    gate.offer(one, now);
    return one;
  });
}

/** All that may start now. */
export function takeAll(gate: Gate<Job>, now = 0): Job[] {
  const jobs: Job[] = [];
  for (let next = gate.take(now); next; next = gate.take(now)) jobs.push(next);
  return jobs;
}

/** Their names, with spaces between. */
export const names = (jobs: readonly Job[]): string => jobs.map(({ name }) => name).join(' ');

/** All that are refused. */
export function allRefused(gate: Gate<Job>): Job[] {
  const jobs: Job[] = [];
  for (let next = gate.refused(); next; next = gate.refused()) jobs.push(next);
  return jobs;
}

/** Asks a gate again whenever it says to, and for as long as it says so. @returns `name@time` of each start */
export function startsInTime(gate: Gate<Job>, from = 0): string[] {
  const starts: string[] = [];
  for (let now = from; now < Infinity; now = Math.max(now, gate.wakeAt())) {
    for (const one of takeAll(gate, now)) {
      starts.push(`${one.name}@${now}`);
      gate.release(one, false, now);
    }
    if (gate.wakeAt() <= now) throw new Error(`It says to come back at ${gate.wakeAt()}, and it is ${now}`);
  }
  return starts;
}
