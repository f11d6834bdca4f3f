import { Fifo } from './fifo.js';

/** What belongs to somebody. */
export interface Owned {
  /** Who sent it: a pipeline. */
  readonly owner: unknown;
}

/**
 * Who waits in line at one host: first come, first served among the jobs of one owner; owners take turns.
 *
 * ```
 * came    a1 a2 a3 b1 c1 b2
 * leaves  a1 b1 c1 a2 b2 a3
 * ```
 */
export class Line<J extends Owned> {
  private jobs = 0;
  /** While all are of one owner, as most often, there is one queue and no Map. */
  private only = new Fifo<J>();
  private onlyOwner: unknown;
  private several: Lanes<J> | undefined;

  get size(): number {
    return this.jobs;
  }

  push(job: J): void {
    if (this.jobs++ === 0) this.onlyOwner = job.owner;
    if (!this.several && job.owner !== this.onlyOwner) this.several = new Lanes(this.onlyOwner, this.only);
    (this.several?.of(job.owner) ?? this.only).push(job);
  }

  shift(): J | undefined {
    if (this.jobs === 0) return undefined;
    this.jobs--;
    if (!this.several) return this.only.shift();
    const job = this.several.shift();
    const { last } = this.several;
    if (last) {
      [this.onlyOwner, this.only] = last;
      this.several = undefined;
    }
    return job;
  }

  /** Takes out what `leaves` picks; what stays keeps its order. */
  remove(leaves: (job: J) => boolean): J[] {
    const all: J[] = [];
    for (let job = this.shift(); job; job = this.shift()) all.push(job);
    const gone: J[] = [];
    for (const job of all) {
      if (leaves(job)) gone.push(job);
      else this.push(job);
    }
    return gone;
  }
}

/** A queue for each owner. */
class Lanes<J extends Owned> {
  private readonly lanes: Map<unknown, Fifo<J>>;
  /** The lanes in the order of their turns. */
  private readonly turns = new Fifo<Fifo<J>>();

  constructor(owner: unknown, lane: Fifo<J>) {
    this.lanes = new Map([[owner, lane]]);
    this.turns.push(lane);
  }

  /** The owner that is left when all others are gone, and its lane. */
  get last(): readonly [owner: unknown, lane: Fifo<J>] | undefined {
    return this.lanes.size === 1 ? [...this.lanes][0] : undefined;
  }

  of(owner: unknown): Fifo<J> {
    let lane = this.lanes.get(owner);
    if (!lane) {
      lane = new Fifo();
      this.lanes.set(owner, lane);
      this.turns.push(lane);
    }
    return lane;
  }

  shift(): J | undefined {
    const lane = this.turns.shift();
    const job = lane?.shift();
    if (!lane || !job) return undefined;
    if (lane.size > 0) this.turns.push(lane);
    else this.lanes.delete(job.owner);
    return job;
  }
}
