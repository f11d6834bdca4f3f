import type { Lease, RequestQueue } from './request-queue.js';

/** What a feed must know of those that it feeds. */
export interface FeedRules {
  /** How many are leased at once. */
  readonly batch: number;
  /** Whether it waits for more when all have their record. */
  readonly follow: boolean;
  /** Whether nothing is under way: a suspect may start. */
  isIdle(): boolean;
  /** Whether records are stored as quickly as they come. */
  hasRoom(): boolean;
  /** Time in ms. */
  now(): number;
}

/** Leases one after another, leased in batches; `undefined` is the end. One `next` at a time. */
export class LeaseFeed<T, C> {
  private leased: Lease<T, C>[] = [];
  /** When the stock was leased, or last kept up. */
  private keptAt = 0;
  private readonly stopping = new AbortController();
  private suspectIsOut = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly queue: RequestQueue<T, C>,
    private readonly rules: FeedRules,
  ) {}

  /** Keeps what is leased and not handed out yet. */
  keepUp(): void {
    this.dropLost();
    this.keptAt = this.rules.now();
    for (const lease of this.leased) lease.extend().catch(() => undefined);
  }

  /** Ends it: what was leased and not handed out goes back. */
  stop(): void {
    this.stopping.abort();
    for (const lease of this.leased.splice(0)) giveBack(lease);
    this.look();
  }

  /** Something has ended: whoever waits for that looks again. */
  look(): void {
    this.wake?.();
  }

  async next(): Promise<Lease<T, C> | undefined> {
    const { rules, stopping } = this;
    await this.until(() => rules.hasRoom() && (!this.suspectIsOut || rules.isIdle()));
    this.suspectIsOut = false;
    this.dropLost();
    if (this.leased.length === 0 && !this.isStopped()) {
      const leases = await this.queue.lease(rules.batch, { signal: stopping.signal, follow: rules.follow });
      this.leased.push(...leases);
      this.keptAt = rules.now();
      if (this.isStopped()) this.stop(); // meanwhile: what has come goes back
    }
    const [lease] = this.leased;
    if (!lease) return undefined;
    if (lease.isSuspect) {
      await this.until(() => rules.isIdle());
      this.suspectIsOut = true;
    }
    return this.leased.shift(); // none, when it was stopped meanwhile
  }

  /** A process that stood still for longer than a lease lasts has lost its stock, which others fetch by now. */
  private dropLost(): void {
    if (this.rules.now() - this.keptAt > this.queue.leaseTime) this.leased = [];
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.isStopped()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

/** Tells nobody that it could not: the lease runs out by itself. */
export function giveBack<T, C>(lease: Lease<T, C>): void {
  lease.release().catch(() => undefined);
}
