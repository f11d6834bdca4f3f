import { Fifo } from './fifo.js';
import { Host, type HostLimits, type Waiting } from './host.js';
import { windowOf, type Rate, type SlidingWindow } from './sliding-window.js';
import { TimeQueue } from './time-queue.js';

/** What a gate is built from. */
export interface GateLimits {
  /** How many jobs may run at once. */
  readonly slots: number;
  /** Of all starts. */
  readonly rate: Rate | undefined;
  readonly perHost: HostLimits;
}

/** Hosts are looked through for such that can be forgotten when this many more are known than were left. */
const newHosts = 1024;

/**
 * Answers one question: which job may start now, or when should I ask again?
 *
 * ```
 * offer → host's line ─┬→ ring of hosts that may start ─→ take
 *                      └→ hosts by the time they may ───┘
 * ```
 *
 * A free slot goes to the host that has stood longest in the ring; then it goes to the end. Choosing costs
 * O(log hosts), however many jobs wait. Plain state; time is an argument. Whoever drives it asks `take(now)`
 * until it says undefined, asks again at `wakeAt()` and after each `release`, and settles what is `refused`.
 */
export class Gate<J extends Waiting> {
  /** How many jobs may run at once; may be changed at any time. */
  slots: number;
  private hosts = new Map<string, Host<J>>();
  private hostsLeft = 0;
  private readonly ring = new Fifo<Host<J>>();
  private readonly timed = new TimeQueue<Host<J>>();
  private readonly window: SlidingWindow | undefined;
  /** Jobs in line that were withdrawn; they leave it when their turn comes. */
  private readonly withdrawn = new Set<J>();
  private readonly refusals = new Fifo<J>();
  private running = 0;
  private waitingJobs = 0;

  constructor(private readonly limits: GateLimits) {
    this.slots = limits.slots;
    this.window = windowOf(limits.rate);
  }

  /** Jobs that hold a slot. */
  get inFlight(): number {
    return this.running;
  }

  /** Jobs that wait for one, with those that are refused and were not handed out yet. */
  get waiting(): number {
    return this.waitingJobs;
  }

  get hasSlot(): boolean {
    return this.running < this.slots;
  }

  /** Puts a job in its host's line; one that must wait joins it when its time has come. */
  offer(job: J, now: number): void {
    this.waitingJobs++;
    this.ripen(now);
    const host = this.hostOf(job.host, now);
    if (host.circuit?.lets(now) === false) {
      this.refusals.push(job);
      return;
    }
    host.offer(job, now);
    this.place(host, now);
  }

  /** As `offer` and then `take`, at less cost where the job is the only one that may start. */
  offerAndTake(job: J, now: number): J | undefined {
    this.ripen(now);
    const isNext = this.hasSlot && this.ring.size === 0 && !(this.window && this.window.next > now);
    const host = this.hostOf(job.host, now);
    if (isNext && job.notBefore <= now && host.isFree(now)) {
      this.waitingJobs++;
      this.start(host, job, now);
      return job;
    }
    this.offer(job, now);
    return this.take(now);
  }

  /** The job that may start now; it holds a slot until `release`. Undefined when there is none, or no slot. */
  take(now: number): J | undefined {
    if (!this.hasSlot || (this.window && this.window.next > now)) return undefined;
    this.ripen(now);
    for (let host = this.ring.shift(); host; host = this.ring.shift()) {
      host.inRing = false;
      const job = host.startableAt <= now ? this.nextOf(host, now) : undefined;
      if (job) this.start(host, job, now);
      this.place(host, now);
      if (job) return job;
    }
    return undefined;
  }

  /** Gives a slot back, once for each job taken. `failed`: whether the host is to blame; undefined: who knows. */
  release(job: J, failed: boolean | undefined, now: number): void {
    this.running--;
    this.ripen(now);
    const host = this.hostOf(job.host, now);
    host.running--;
    if (host.circuit?.ended(failed, job.probe, now) === true) {
      for (const refused of host.remove(() => true)) this.refusals.push(refused);
    }
    this.place(host, now);
  }

  /** A job that may not be tried as its host's circuit is open, until there is none. */
  refused(): J | undefined {
    for (let job = this.refusals.shift(); job; job = this.refusals.shift()) {
      if (this.withdrawn.delete(job)) continue;
      this.waitingJobs--;
      return job;
    }
    return undefined;
  }

  /** A host starts nothing before `until`. */
  pause(key: string, until: number, now: number): void {
    const host = this.hostOf(key, now);
    host.pause(until);
    this.place(host, now);
  }

  /** Takes a retry from a host's budget. @returns whether there was one */
  mayRetry(host: string, now: number): boolean {
    return this.hostOf(host, now).budget.withdraw();
  }

  /** When `take` or `refused` may say more, if no slot comes free before; Infinity: not by time alone. */
  wakeAt(): number {
    if (this.refusals.size > 0) return -Infinity;
    if (!this.hasSlot || this.waitingJobs === 0) return Infinity;
    const host = this.ring.size > 0 ? -Infinity : this.timed.next;
    return Math.max(host, this.window?.next ?? -Infinity);
  }

  /** The rate of all starts holds back, and what waits is enough for when it no longer does. */
  isSated(now: number): boolean {
    if (!this.window || this.window.next <= now) return false;
    return this.wakeAt() <= this.window.next;
  }

  /** A waiting job no longer wants to start, nor ever will. */
  withdraw(job: J): void {
    this.waitingJobs--;
    const host = this.hosts.get(job.host);
    if (host?.withdraw(job) === true) this.place(host);
    else this.withdrawn.add(job);
  }

  /** Takes out the waiting jobs that `leaves` picks. */
  remove(leaves: (job: J) => boolean): J[] {
    const goes = (job: J): boolean => leaves(job) || this.withdrawn.has(job);
    const gone = [this.refusals.remove(goes)];
    for (const host of this.hosts.values()) {
      gone.push(host.remove(goes));
      this.place(host);
    }
    const jobs = gone.flat().filter((job) => !this.withdrawn.delete(job));
    this.waitingJobs -= jobs.length;
    return jobs;
  }

  private hostOf(key: string, now: number): Host<J> {
    let host = this.hosts.get(key);
    if (!host) {
      if (this.hosts.size >= this.hostsLeft * 2 + newHosts) this.forget(now);
      host = new Host(this.limits.perHost);
      this.hosts.set(key, host);
    }
    return host;
  }

  /** Drops the hosts that have nothing to remember: broad crawls meet millions, once each. */
  private forget(now: number): void {
    this.hosts = new Map([...this.hosts].filter(([, host]) => !host.isClear(now)));
    this.hostsLeft = this.hosts.size;
  }

  /** Those whose time has come join the ring, in the order in which it came and before whoever comes now. */
  private ripen(now: number): void {
    for (let host = this.timed.take(now); host; host = this.timed.take(now)) {
      host.timer = undefined;
      this.place(host, now);
    }
  }

  /**
   * Puts a host where it belongs: in the ring, among those that wait for a time, or nowhere. One that has only
   * lost jobs needs no `now`: it stays among those that wait for a time, though it may have come.
   */
  private place(host: Host<J>, now = -Infinity): void {
    if (host.inRing) return;
    const at = host.startableAt;
    if (host.timer) {
      if (host.timer.due === at) return;
      this.timed.delete(host.timer);
      host.timer = undefined;
    }
    if (at <= now) {
      host.inRing = true;
      this.ring.push(host);
    } else if (at < Infinity) host.timer = this.timed.add(host, at);
  }

  private nextOf(host: Host<J>, now: number): J | undefined {
    for (let job = host.shift(now); job; job = host.shift(now)) {
      if (this.withdrawn.delete(job)) continue;
      if (host.circuit?.lets(now) !== false) return job;
      this.refusals.push(job);
    }
    return undefined;
  }

  private start(host: Host<J>, job: J, now: number): void {
    this.running++;
    this.waitingJobs--;
    host.started(job, now);
    this.window?.record(now);
  }
}
