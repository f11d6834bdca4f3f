import type { Series } from './report-data.js';

/** Stretches of time that are kept: at least half as many are in use once a run is longer than they are in ms. */
const most = 160;

interface Stretch {
  ok: number;
  failed: number;
  bytes: number;
  /** Ms of attempts that were under way within it, all added up; and of inputs that waited. */
  busy: number;
  waiting: number;
}

/**
 * What happened when, in stretches of time of one width. Times come in any order; when they are further apart than
 * the stretches reach, two become one, so that memory stays the same however long a run is.
 */
export class TimeSeries {
  private width = 1;
  /** The stretch at 0 begins at so many widths since 1970: that makes halving the same as dividing by two. */
  private first = 0;
  private stretches: Stretch[] = [];

  /** A record came. */
  settle(at: number, ok: boolean, bytes: number): void {
    const stretch = this.stretchAt(at);
    stretch[ok ? 'ok' : 'failed']++;
    stretch.bytes += bytes;
  }

  /** An attempt was under way, or an input waited. */
  spend(what: 'busy' | 'waiting', from: number, to: number): void {
    if (!(to > from)) return;
    this.stretchAt(from);
    this.stretchAt(to);
    const begin = Math.floor(from / this.width);
    const end = Math.floor(to / this.width);
    for (let number = begin; number <= end; number++) {
      const stretch = this.stretches[number - this.first];
      const since = Math.max(from, number * this.width);
      if (stretch) stretch[what] += Math.min(to, (number + 1) * this.width) - since;
    }
  }

  /** @param origin ms since 1970 */
  since(origin: number): Series | undefined {
    if (this.stretches.length === 0) return undefined;
    const { width, stretches } = this;
    const mean = (ms: number): number => Math.round((ms / width) * 100) / 100;
    return {
      begin: this.first * width - origin,
      width,
      ok: stretches.map(({ ok }) => ok),
      failed: stretches.map(({ failed }) => failed),
      bytes: stretches.map(({ bytes }) => bytes),
      inFlight: stretches.map(({ busy }) => mean(busy)),
      waiting: stretches.map(({ waiting }) => mean(waiting)),
    };
  }

  private stretchAt(at: number): Stretch {
    let number = Math.floor(at / this.width);
    if (this.stretches.length === 0) this.first = number;
    while (Math.max(number, this.first + this.stretches.length - 1) - Math.min(number, this.first) >= most) {
      this.halve();
      number = Math.floor(at / this.width);
    }
    for (; this.first > number; this.first--) this.stretches.unshift(empty());
    while (this.first + this.stretches.length <= number) this.stretches.push(empty());
    return this.stretches[number - this.first] as Stretch; // the lines above made it
  }

  private halve(): void {
    const halved: Stretch[] = [];
    const first = Math.floor(this.first / 2);
    this.stretches.forEach((stretch, place) => {
      const into = (halved[Math.floor((this.first + place) / 2) - first] ??= empty());
      into.ok += stretch.ok;
      into.failed += stretch.failed;
      into.bytes += stretch.bytes;
      into.busy += stretch.busy;
      into.waiting += stretch.waiting;
    });
    this.width *= 2;
    this.first = first;
    this.stretches = halved;
  }
}

function empty(): Stretch {
  return { ok: 0, failed: 0, bytes: 0, busy: 0, waiting: 0 };
}
