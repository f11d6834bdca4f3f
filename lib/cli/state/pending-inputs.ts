import type { FetchEvent } from '../../model/event.js';
import type { FetchResult } from '../../model/result.js';

/** Inputs by their place, from 0: a bit for each, as there may be ten million. */
export class Places {
  private bits = new Uint8Array(1024);

  add(place: number): void {
    const at = place >>> 3;
    if (at >= this.bits.length) {
      const longer = new Uint8Array(Math.max(at + 1, this.bits.length * 2));
      longer.set(this.bits);
      this.bits = longer;
    }
    this.bits[at] = (this.bits[at] ?? 0) | (1 << (place & 7));
  }

  has(place: number): boolean {
    return ((this.bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }
}

/**
 * The inputs that have no record yet. The pipeline counts those that it gets; events and records are told under the
 * place that their input has among all.
 */
export class PendingInputs<I> implements AsyncIterableIterator<I, undefined> {
  /** Inputs that were met. */
  private met = 0;
  private handedOut = 0;
  /** Places of inputs that are under way, by the pipeline's count; those from before the first gap are left out. */
  private readonly places = new Map<number, number>();

  constructor(
    private readonly inputs: AsyncIterableIterator<I, undefined>,
    private readonly settled: Places,
  ) {}

  async next(): Promise<IteratorResult<I, undefined>> {
    for (;;) {
      const step = await this.inputs.next();
      if (step.done === true) return step;
      const place = this.met++;
      if (this.settled.has(place)) continue;
      if (place !== this.handedOut) this.places.set(this.handedOut, place);
      this.handedOut++;
      return step;
    }
  }

  async return(): Promise<IteratorResult<I, undefined>> {
    return (await this.inputs.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An event under its input's place. */
  told(event: FetchEvent): FetchEvent {
    const index = this.places.get(event.index);
    if (index === undefined) return event;
    return event.type === 'settle'
      ? { ...event, index, result: { ...event.result, index } }
      : { ...event, index };
  }

  /** A record under its input's place; it is the last that is asked of that input. */
  placed(result: FetchResult<unknown>): FetchResult<unknown> {
    const index = this.places.get(result.index);
    if (index === undefined) return result;
    this.places.delete(result.index);
    return { ...result, index };
  }
}
