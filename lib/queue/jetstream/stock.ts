import type { Delivery } from './delivery.js';

/** An input that was handed out to this worker. */
export interface StockedInput {
  readonly delivery: Delivery;
  /** How often those who held it died. */
  readonly deaths: number;
  readonly isSuspect: boolean;
}

/** What one knows of a shard's rest. */
interface Rest {
  /** How many inputs the server had, when it last handed one out or said that there is none. */
  readonly pending: number;
  readonly toldAt: number;
}

/** How long "there is none" is believed, in ms: what is new or comes again is not told. */
const belief = 250;

/** Inputs that came and were not leased yet, in the order of the queue; and which shards to ask for more. */
export class Stock {
  private readonly waiting = new Map<number, StockedInput[]>();
  private readonly rests = new Map<number, Rest>();

  get size(): number {
    return this.all().length;
  }

  all(): StockedInput[] {
    return [...this.waiting.values()].flat();
  }

  add(input: StockedInput): void {
    const { shard } = input.delivery;
    const line = this.waiting.get(shard) ?? [];
    this.waiting.set(shard, line);
    line.push(input);
    line.sort((a, b) => a.delivery.seq - b.delivery.seq);
  }

  /** The server has said how many more a shard has. */
  told(shard: number, pending: number): void {
    this.rests.set(shard, { pending, toldAt: performance.now() });
  }

  has({ shard, seq }: Delivery): boolean {
    return this.waiting.get(shard)?.some(({ delivery }) => delivery.seq === seq) ?? false;
  }

  /** Lets fall what was not kept up, as after a pause of the process: others have it by now. */
  dropLost(): void {
    for (const [shard, line] of this.waiting) {
      const kept = line.filter(({ delivery }) => delivery.isHeld);
      if (kept.length < line.length) this.waiting.set(shard, kept);
    }
  }

  /** Takes up to `most` inputs that are no suspects, until a shard whose next may be older has none here. */
  take(most: number, shards: readonly number[]): StockedInput[] {
    const taken: StockedInput[] = [];
    while (taken.length < most && !shards.some((shard) => this.isDry(shard))) {
      const next = this.oldest(shards, (input) => !input.isSuspect);
      if (!next) break;
      taken.push(this.remove(next));
    }
    return taken;
  }

  /** Takes one suspect. */
  takeSuspect(shards: readonly number[]): StockedInput | undefined {
    const next = this.oldest(shards, ({ isSuspect }) => isSuspect);
    return next && this.remove(next);
  }

  /** Takes out all of a shard. */
  clear(shard: number): StockedInput[] {
    const line = this.waiting.get(shard) ?? [];
    this.waiting.delete(shard);
    this.rests.delete(shard);
    return line;
  }

  /** How many to ask each shard for, to get so many in all: of those with much left, much. */
  toAsk(shards: readonly number[], most: number): readonly (readonly [shard: number, batch: number])[] {
    const left = shards.reduce((sum, shard) => sum + this.pending(shard), 0);
    const unknown = shards.filter((shard) => this.isUnknown(shard));
    const few = Math.max(1, Math.floor(most / unknown.length));
    return [
      ...shards.flatMap((shard) => {
        const pending = this.pending(shard);
        const here = this.waiting.get(shard)?.length ?? 0;
        const batch = pending === 0 ? 0 : Math.min(pending, Math.ceil((most * pending) / left) - here);
        return batch > 0 ? [[shard, batch] as const] : [];
      }),
      ...unknown.map((shard) => [shard, few] as const),
    ];
  }

  /** A shard gave all that was asked for: what was given back to it before is not among what it says it has. */
  filled(shard: number): void {
    if (this.pending(shard) === 0) this.rests.delete(shard);
  }

  /** Looks at all shards again. */
  forgetRests(): void {
    this.rests.clear();
  }

  /** Whether the server has more of a shard, of which nothing is here. */
  private isDry(shard: number): boolean {
    return this.pending(shard) > 0 && !this.hasOrdinary(shard);
  }

  /** Whether it is to be asked whether it has anything. */
  private isUnknown(shard: number): boolean {
    const rest = this.rests.get(shard);
    return !rest || (rest.pending === 0 && performance.now() - rest.toldAt >= belief);
  }

  private hasOrdinary(shard: number): boolean {
    return this.waiting.get(shard)?.some(({ isSuspect }) => !isSuspect) ?? false;
  }

  private pending(shard: number): number {
    return this.rests.get(shard)?.pending ?? 0;
  }

  private oldest(
    shards: readonly number[],
    isWanted: (input: StockedInput) => boolean,
  ): StockedInput | undefined {
    let oldest: StockedInput | undefined;
    for (const shard of shards) {
      const first = this.waiting.get(shard)?.find(isWanted);
      if (first && (!oldest || first.delivery.seq < oldest.delivery.seq)) oldest = first;
    }
    return oldest;
  }

  private remove(input: StockedInput): StockedInput {
    const line = this.waiting.get(input.delivery.shard);
    line?.splice(line.indexOf(input), 1);
    return input;
  }
}
