import type { Subscription } from '@nats-io/transport-node';
import type { Connection } from './connection.js';
import type { Names } from './names.js';

/** What a shard's place in the state says. */
interface Owner {
  /** Empty when it is free. */
  readonly id: string;
  readonly seq: number;
  /** When this was first seen here, in ms of this process's own clock. */
  readonly since: number;
}

/** How long after news one looks, in ms: it seldom comes alone. */
const settling = { least: 50, most: 100 };

/** What an owner must know of what it does with its shards. */
export interface ShardUse {
  /** How many of its inputs are held. */
  held(shard: number): number;
  /** Takes no more of it, and gives back what is not handed out. */
  leave(shard: number): void;
}

/**
 * Which shards this worker may take from: each has one owner, by compare-and-set. All say at each tick that they are
 * there; whose owner was not heard for a while, by one's own clock, may be taken. Each keeps to its fair share, and looks
 * at once when another comes or goes, or a shard is let go that it lacks.
 */
export class Ownership {
  private readonly owned = new Map<number, number>();
  private readonly leaving = new Set<number>();
  private readonly owners = new Map<number, Owner>();
  /** When others were heard last. */
  private readonly heard = new Map<string, number>();
  private readonly subscriptions: readonly Subscription[];
  private readonly tick: number;
  private lastTick = -Infinity;
  private listeningSince = 0;
  /** How many are fair, as it was when this was last counted. */
  private share: number;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private hasNews = false;
  private isOver = false;
  private running: Promise<void> | undefined;

  constructor(
    /** This worker's, as it differs from all others'. */
    private readonly id: string,
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly shards: number,
    private readonly leaseTime: number,
    private readonly use: ShardUse,
    private readonly onChange: () => void,
  ) {
    this.tick = Math.min(2_000, leaseTime / 10);
    this.share = shards;
    const listen = (subject: string, hear: (said: string) => void): Subscription =>
      connection.nats.subscribe(subject, {
        callback: (error, message) => {
          if (!error) hear(message.string());
        },
      });
    this.subscriptions = [
      listen(names.presence, (said) => this.hear(said)),
      listen(names.owner('*'), (owner) => {
        if (owner === '' && this.current().length < this.share) this.lookSoon();
      }),
    ];
  }

  /** Shards to take from now; none after a pause in which another may have taken them. */
  current(): readonly number[] {
    if (performance.now() - this.lastTick > this.leaseTime / 2) return [];
    return [...this.owned.keys()].filter((shard) => !this.leaving.has(shard));
  }

  /** Nothing of a shard is held any more: one that is to be left can be let go now. */
  ended(shard: number): void {
    if (this.leaving.has(shard) && this.use.held(shard) === 0) this.lookSoon();
  }

  /** Looks after the shards until it is stopped. */
  begin(): Promise<void> {
    this.running ??= this.look();
    return this.running;
  }

  /** Gives all shards up. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    await this.running;
    const { nats } = this.connection;
    if (nats.isClosed()) return;
    await Promise.allSettled([...this.owned.keys()].map((shard) => this.free(shard)));
    nats.publish(this.names.presence, `-${this.id}`);
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  private hear(said: string): void {
    if (said.startsWith('-')) {
      if (this.heard.delete(said.slice(1))) this.lookSoon();
    } else if (said !== this.id) {
      if (!this.heard.has(said)) this.lookSoon();
      this.heard.set(said, performance.now());
    }
  }

  /** Looks before its time. */
  private lookSoon(): void {
    if (this.hasNews || !this.running) return;
    this.hasNews = true;
    if (!this.isLooking) this.lookAfterwards();
  }

  private lookAfterwards(): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    const { least, most } = settling;
    const ms = this.hasNews ? least + Math.random() * (most - least) : this.tick;
    this.timer = setTimeout(() => {
      this.running = this.look();
    }, ms);
  }

  private async look(): Promise<void> {
    const { connection, names, id } = this;
    if (this.isOver || connection.nats.isClosed()) return;
    this.isLooking = true;
    this.hasNews = false;
    const before = this.current().length;
    if (connection.isLost) await connection.connected(this.tick);
    const saidAt = performance.now();
    try {
      if (connection.isLost) throw new Error('nobody hears it');
      connection.nats.publish(names.presence, id);
      await this.readOwners();
      await this.claim();
      await this.leave();
      this.lastTick = saidAt; // not later: others count from when they heard it
    } catch {
      // the servers do not answer: the next tick will tell, and whoever waits for inputs says so
    }
    if (this.current().length > before) this.onChange();
    this.isLooking = false;
    this.lookAfterwards();
  }

  private async readOwners(): Promise<void> {
    const { connection, names } = this;
    const now = performance.now();
    await Promise.all(
      Array.from({ length: this.shards }, async (_, shard) => {
        const last = { last_by_subj: names.owner(shard) };
        const message = await connection.once(() => connection.streams.streams.getMessage(names.state, last));
        const seq = message?.seq ?? 0;
        const known = this.owners.get(shard);
        if (known?.seq !== seq) this.owners.set(shard, { id: message?.string() ?? '', seq, since: now });
        const isMine = this.owners.get(shard)?.id === this.id;
        if (isMine)
          this.owned.set(shard, seq); // also where the answer to the claim was lost
        else if (this.owned.has(shard)) this.lose(shard);
      }),
    );
  }

  private async claim(): Promise<void> {
    const now = performance.now();
    const patience = this.leaseTime / 2;
    if (now - this.lastTick > patience) this.listeningSince = now; // whoever was not heard till now may have spoken
    const from = Math.max(this.listeningSince, this.connection.since);
    const isGone = ({ id, since }: Owner): boolean =>
      id === '' || now - Math.max(since, from, this.heard.get(id) ?? 0) > patience;
    for (const [id, at] of this.heard) if (now - at > patience) this.heard.delete(id);

    const others = new Set(this.heard.keys());
    for (const owner of this.owners.values()) {
      if (owner.id !== this.id && !isGone(owner)) others.add(owner.id);
    }
    this.share = Math.ceil(this.shards / (others.size + 1));
    const free = [...this.owners].filter(([shard, owner]) => !this.owned.has(shard) && isGone(owner));
    const wanted = shuffled(free).slice(0, Math.max(0, this.share - this.owned.size));
    await Promise.all(
      wanted.map(async ([shard, { seq }]) => {
        const { connection, names, id } = this;
        const mine = await connection.publishOnce({ subject: names.owner(shard), data: id, after: seq });
        if (mine === undefined) {
          this.lookSoon(); // another was first, and there may be one that is free still
          return;
        }
        this.owned.set(shard, mine);
        this.owners.set(shard, { id, seq: mine, since: now });
      }),
    );
    const excess = [...this.owned.keys()].filter((shard) => !this.leaving.has(shard)).slice(this.share);
    for (const shard of excess) {
      this.leaving.add(shard);
      this.use.leave(shard);
    }
  }

  /** Lets go of shards of which nothing is held any more: till then their next owner would be the second. */
  private async leave(): Promise<void> {
    const empty = [...this.leaving].filter((shard) => this.use.held(shard) === 0);
    await Promise.all(empty.map((shard) => this.free(shard)));
  }

  private async free(shard: number): Promise<void> {
    const after = this.owned.get(shard);
    if (after === undefined) return;
    const subject = this.names.owner(shard);
    await this.connection.publishOnce({ subject, data: '', after });
    this.owned.delete(shard);
    this.leaving.delete(shard);
  }

  private lose(shard: number): void {
    this.owned.delete(shard);
    this.leaving.delete(shard);
    this.use.leave(shard);
  }
}

/** So that workers which begin at the same time do not all reach for the same. */
function shuffled<X>(list: readonly X[]): X[] {
  return list
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
