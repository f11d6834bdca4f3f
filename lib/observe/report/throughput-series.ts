import { HalvingSeries } from './halving-series.js';

/** What was done over time, in steps of equal length. */
export interface Throughput {
  /** When the first step begins, on the pipeline's scheduler in ms. */
  readonly start: number;
  /** Length of a step in ms. */
  readonly step: number;
  /** Records of each step. */
  readonly records: readonly number[];
  /** How many of them are failures. */
  readonly failed: readonly number[];
  /** Bytes of their bodies as they came over the wire. */
  readonly wireBytes: readonly number[];
}

/** Counts over time in at most 120 steps, each 250 ms at first. */
export class ThroughputSeries {
  private readonly series = new HalvingSeries({ step: 250, most: 120 }, () => ({
    records: 0,
    failed: 0,
    wireBytes: 0,
  }));

  add(at: number, isFailed: boolean, wireBytes: number): void {
    const step = this.series.at(at);
    step.records++;
    if (isFailed) step.failed++;
    step.wireBytes += wireBytes;
  }

  snapshot(): Throughput {
    const { series } = this;
    return {
      start: series.start,
      step: series.step,
      records: series.of('records'),
      failed: series.of('failed'),
      wireBytes: series.of('wireBytes'),
    };
  }
}
