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

interface Step {
  records: number;
  failed: number;
  wireBytes: number;
}

const mostSteps = 120;

/** Counts over time in at most 120 steps, each 250 ms at first: whenever they do not suffice, two become one. */
export class ThroughputSeries {
  private width = 250;
  /** Number of the first step: its time in units of `width`. */
  private first = 0;
  private steps: Step[] = [];

  add(at: number, isFailed: boolean, wireBytes: number): void {
    const step = this.stepAt(at);
    step.records++;
    if (isFailed) step.failed++;
    step.wireBytes += wireBytes;
  }

  snapshot(): Throughput {
    return {
      start: this.first * this.width,
      step: this.width,
      records: this.steps.map(({ records }) => records),
      failed: this.steps.map(({ failed }) => failed),
      wireBytes: this.steps.map(({ wireBytes }) => wireBytes),
    };
  }

  /** Records may come in any order: those of a file that somebody sorted do. */
  private stepAt(at: number): Step {
    if (this.steps.length === 0) this.first = Math.floor(at / this.width);
    while (this.lengthWith(at) > mostSteps) this.halve();
    const number = Math.floor(at / this.width);
    for (; this.first > number; this.first--) this.steps.unshift(nothing());
    while (this.first + this.steps.length <= number) this.steps.push(nothing());
    return this.steps[number - this.first] as Step; // the loops above have made it
  }

  private lengthWith(at: number): number {
    const number = Math.floor(at / this.width);
    return Math.max(this.first + this.steps.length, number + 1) - Math.min(this.first, number);
  }

  /** Halves the resolution. */
  private halve(): void {
    const { steps, first } = this;
    this.width *= 2;
    this.first = Math.floor(first / 2);
    this.steps = [];
    steps.forEach((step, n) => {
      const whole = (this.steps[Math.floor((first + n) / 2) - this.first] ??= nothing());
      whole.records += step.records;
      whole.failed += step.failed;
      whole.wireBytes += step.wireBytes;
    });
  }
}

function nothing(): Step {
  return { records: 0, failed: 0, wireBytes: 0 };
}
