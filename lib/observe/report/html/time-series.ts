import { HalvingSeries } from '../halving-series.js';
import type { Series } from './report-data.js';

/** What happened when: at most 160 steps, and at least half as many once a run is longer than they are in ms. */
export class TimeSeries {
  private readonly series = new HalvingSeries({ step: 1, most: 160 }, () => ({
    ok: 0,
    failed: 0,
    bytes: 0,
    /** Ms of attempts that were under way within it, all added up; and of inputs that waited. */
    busy: 0,
    waiting: 0,
  }));

  /** A record came. */
  settle(at: number, ok: boolean, bytes: number): void {
    const step = this.series.at(at);
    step[ok ? 'ok' : 'failed']++;
    step.bytes += bytes;
  }

  /** An attempt was under way, or an input waited. */
  spend(what: 'busy' | 'waiting', from: number, to: number): void {
    this.series.spend(what, from, to);
  }

  /** @param origin ms since 1970 */
  since(origin: number): Series | undefined {
    const { series } = this;
    if (series.isEmpty) return undefined;
    const mean = (ms: number): number => Math.round((ms / series.step) * 100) / 100;
    return {
      begin: series.start - origin,
      width: series.step,
      ok: series.of('ok'),
      failed: series.of('failed'),
      bytes: series.of('bytes'),
      inFlight: series.of('busy').map(mean),
      waiting: series.of('waiting').map(mean),
    };
  }
}
