import { expect } from 'vitest';
import { Circuit } from '../../lib/gate/circuit.js';
import { Gate, type GateLimits } from '../../lib/gate/gate.js';
import type { Rate } from '../../lib/gate/sliding-window.js';
import { allRefused, job, type Job } from './jobs.js';

type Fate = 'waiting' | 'running' | 'released' | 'refused' | 'withdrawn' | 'removed';

/** What the model knows of a job. */
interface Record {
  readonly job: Job;
  fate: Fate;
  /** When it was last offered, and as which of all. */
  offeredAt: number;
  order: number;
}

/** What the model knows of a host: everything that ever happened there. */
interface HostRecord {
  readonly starts: number[];
  readonly circuit: Circuit | undefined;
  pausedUntil: number;
  /** When it last had as many under way as it may, no longer. */
  freedAt: number;
  /** How often each other host was started since this one has been able to start. */
  readonly passedBy: Map<string, number>;
  /** It was paused or lost jobs: it may stand in the ring for no reason, or since before it had one. */
  isOdd: boolean;
}

const last = (times: readonly number[]): number => times.at(-1) ?? -Infinity;

/** The earliest time that a rate allows another start after these. */
const earliest = (rate: Rate | undefined, starts: readonly number[]): number =>
  rate ? (starts.at(-rate.limit) ?? -Infinity) + rate.per : -Infinity;

/**
 * A gate and the plainest possible model of it: lists of all that ever happened, searched from end to end.
 * Each method does something to both and says what the gate must keep to.
 */
export class ModelledGate {
  now = 0;
  readonly records: Record[] = [];
  private readonly gate: Gate<Job>;
  private slots: number;
  private readonly hosts = new Map<string, HostRecord>();
  private readonly starts: number[] = [];
  private offers = 0;

  constructor(private readonly limits: GateLimits) {
    this.gate = new Gate(limits);
    this.slots = limits.slots;
  }

  offer(host: string, delay: number): void {
    const one = job(String(this.records.length), host, this.now + delay);
    const record: Record = { job: one, fate: 'waiting', offeredAt: 0, order: 0 };
    this.records.push(record);
    this.putInLine(record);
  }

  /** Asks once. @returns whether a job started */
  take(): boolean {
    const next = this.gate.take(this.now);
    this.settleRefused();
    if (next) this.checkStart(this.records[Number(next.name)]!);
    else this.checkNothingCouldStart();
    return next !== undefined;
  }

  release(pick: number, failed: boolean | undefined): void {
    const record = this.pickOf('running', pick);
    if (record) this.end(record, failed);
  }

  /** An attempt ends, and its job comes again. */
  retry(pick: number, failed: boolean | undefined, delay: number): void {
    const record = this.pickOf('running', pick);
    if (!record) return;
    this.end(record, failed);
    record.fate = 'waiting';
    record.job.notBefore = this.now + delay;
    this.putInLine(record);
  }

  resize(slots: number): void {
    this.slots = this.gate.slots = slots;
  }

  pause(host: string, ms: number): void {
    const { pausedUntil } = this.hostOf(host);
    this.gate.pause(host, this.now + ms, this.now);
    this.hostOf(host).pausedUntil = Math.max(pausedUntil, this.now + ms);
    this.hostOf(host).isOdd = true;
  }

  withdraw(pick: number): void {
    const record = this.pickOf('waiting', pick);
    if (!record) return;
    this.gate.withdraw(record.job);
    record.fate = 'withdrawn';
    this.hostOf(record.job.host).isOdd = true;
  }

  remove(leaves: (job: Job) => boolean): void {
    const expected = this.all('waiting').filter((record) => leaves(record.job));
    expect(new Set(this.gate.remove(leaves))).toEqual(new Set(expected.map((record) => record.job)));
    for (const record of expected) {
      record.fate = 'removed';
      this.hostOf(record.job.host).isOdd = true;
    }
  }

  /** Asks until there is nothing, then again when it says to, which must not be in vain. */
  passTime(): void {
    while (this.take());
    const wakeAt = this.gate.wakeAt();
    if (wakeAt === Infinity) return;
    expect(wakeAt).toBeGreaterThan(this.now);
    this.now = wakeAt;
    const refused = this.all('refused').length;
    const { isExact } = this;
    const started = this.take();
    if (isExact) expect(started || this.all('refused').length > refused).toBe(true);
  }

  /** Whatever is left starts and ends. */
  finish(): void {
    this.resize(Infinity);
    for (let turn = 0; this.all('waiting').length + this.all('running').length > 0; turn++) {
      expect(turn).toBeLessThan(10_000);
      for (const record of this.all('running')) this.end(record, false);
      this.check();
      this.passTime();
    }
    expect(this.gate.wakeAt()).toBe(Infinity);
  }

  /** Says the same of itself as the model says of it. */
  check(): void {
    expect(this.gate.waiting).toBe(this.all('waiting').length);
    expect(this.gate.inFlight).toBe(this.all('running').length);
    expect(this.gate.hasSlot).toBe(this.all('running').length < this.slots);
    for (const [host, { passedBy }] of this.hosts) if (this.startableAt(host) > this.now) passedBy.clear();
  }

  all(fate: Fate): Record[] {
    return this.records.filter((record) => record.fate === fate);
  }

  private putInLine(record: Record): void {
    record.offeredAt = this.now;
    record.order = this.offers++;
    const isOpen = this.hostOf(record.job.host).circuit?.lets(this.now) === false;
    this.gate.offer(record.job, this.now);
    this.settleRefused();
    expect(record.fate).toBe(isOpen ? 'refused' : 'waiting');
  }

  private end(record: Record, failed: boolean | undefined): void {
    const host = this.hostOf(record.job.host);
    if (this.runningAt(record.job.host) === this.limits.perHost.concurrency) host.freedAt = this.now;
    record.fate = 'released';
    const opens = host.circuit?.ended(failed, record.job.probe, this.now) === true;
    this.gate.release(record.job, failed, this.now);
    this.settleRefused();
    if (!opens) return;
    expect(this.waitingAt(record.job.host)).toEqual([]);
    host.isOdd = true;
  }

  private settleRefused(): void {
    for (const refused of allRefused(this.gate)) {
      const record = this.records[Number(refused.name)]!;
      expect(record.fate).toBe('waiting');
      expect(this.hostOf(refused.host).circuit?.lets(this.now)).toBe(false);
      record.fate = 'refused';
    }
  }

  private checkStart(record: Record): void {
    const { host: key } = record.job;
    const host = this.hostOf(key);
    const { perHost, rate } = this.limits;
    expect(record.fate).toBe('waiting');
    expect(record.job.notBefore).toBeLessThanOrEqual(this.now);
    expect(this.all('running').length).toBeLessThan(this.slots);
    expect(this.runningAt(key)).toBeLessThan(perHost.concurrency);
    expect(this.now).toBeGreaterThanOrEqual(host.pausedUntil);
    expect(this.now - last(host.starts)).toBeGreaterThanOrEqual(perHost.delay);
    expect(this.now).toBeGreaterThanOrEqual(earliest(rate, this.starts));
    expect(this.now).toBeGreaterThanOrEqual(earliest(perHost.rate, host.starts));
    expect(host.circuit?.lets(this.now)).not.toBe(false);
    expect(record).toBe(this.firstInLine(key));
    this.checkTurn(key);

    record.fate = 'running';
    record.job.starts++;
    host.starts.push(this.now);
    this.starts.push(this.now);
    expect(record.job.probe).toBe(host.circuit?.started() ?? false);
  }

  /** Due jobs that are tried again come first, by time; then new ones in the order they came. */
  private firstInLine(host: string): Record | undefined {
    const isLate = ({ job, offeredAt }: Record): boolean => job.starts > 0 || job.notBefore > offeredAt;
    const due = this.waitingAt(host).filter((record) => record.job.notBefore <= this.now);
    const byTime = (a: Record, b: Record): number => a.job.notBefore - b.job.notBefore || a.order - b.order;
    const [late] = due.filter(isLate).sort(byTime);
    return late ?? due.sort((a, b) => a.order - b.order)[0];
  }

  /** No other host has been able to start for longer, and none is passed by more than once. */
  private checkTurn(key: string): void {
    for (const [other, record] of this.hosts) {
      if (other === key) continue;
      if (this.startableAt(other) > this.now) continue;
      const times = (record.passedBy.get(key) ?? 0) + 1;
      record.passedBy.set(key, times);
      expect(times).toBeLessThanOrEqual(1);
      if (this.hostOf(key).isOdd || record.isOdd || this.limits.perHost.circuit) continue;
      expect(this.ableSince(key)).toBeLessThanOrEqual(this.ableSince(other));
    }
    this.hostOf(key).passedBy.clear();
  }

  private checkNothingCouldStart(): void {
    const wakeAt = this.gate.wakeAt();
    if (this.all('running').length >= this.slots) {
      expect(wakeAt).toBe(Infinity);
      return;
    }
    const hosts = [...this.hosts.keys()].map((host) => this.startableAt(host));
    const next = Math.max(Math.min(Infinity, ...hosts), earliest(this.limits.rate, this.starts));
    expect(next).toBeGreaterThan(this.now);
    if (!this.isExact) expect(wakeAt).toBeLessThanOrEqual(next);
    else expect(wakeAt).toBe(next);
  }

  /** When the host's next job may start; Infinity: not by time alone. */
  private startableAt(key: string): number {
    const { concurrency, delay, rate } = this.limits.perHost;
    if (this.runningAt(key) >= concurrency) return Infinity;
    const { starts, pausedUntil } = this.hostOf(key);
    const jobs = Math.min(Infinity, ...this.waitingAt(key).map(({ job }) => job.notBefore));
    return Math.max(jobs, pausedUntil, last(starts) + delay, earliest(rate, starts));
  }

  /** Since when it has been able to start. */
  private ableSince(key: string): number {
    const { starts, freedAt } = this.hostOf(key);
    const came = this.waitingAt(key).map(({ job, offeredAt }) => Math.max(offeredAt, job.notBefore));
    return Math.max(this.startableAt(key), Math.min(...came), last(starts), freedAt);
  }

  /** Else it may be asked again too early, once. */
  private get isExact(): boolean {
    return ![...this.hosts.values()].some(({ isOdd }) => isOdd);
  }

  private waitingAt(host: string): Record[] {
    return this.all('waiting').filter((record) => record.job.host === host);
  }

  private runningAt(host: string): number {
    return this.all('running').filter((record) => record.job.host === host).length;
  }

  private pickOf(fate: Fate, pick: number): Record | undefined {
    const records = this.all(fate);
    return records[pick % Math.max(1, records.length)];
  }

  private hostOf(key: string): HostRecord {
    let host = this.hosts.get(key);
    if (!host) {
      const { circuit } = this.limits.perHost;
      host = {
        starts: [],
        circuit: circuit && new Circuit(circuit),
        pausedUntil: -Infinity,
        freedAt: -Infinity,
        passedBy: new Map(),
        isOdd: false,
      };
      this.hosts.set(key, host);
    }
    return host;
  }
}
