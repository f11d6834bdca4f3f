/** What is counted in each step of a series. */
type Step<K extends string> = Record<K, number>;

/** How fine a series is. */
interface Resolution {
  /** Length of a step in ms, at first. */
  readonly step: number;
  /** So many steps are kept. */
  readonly most: number;
}

/**
 * Counts over time, in steps of one length. Times come in any order: those of a file that somebody sorted do. When they
 * are further apart than the steps reach, two become one, so that memory stays the same however long a run is.
 */
export class HalvingSeries<K extends string> {
  private length: number;
  private readonly most: number;
  /** Number of the first step: its time in steps since 1970. That makes halving the same as dividing by two. */
  private first = 0;
  private steps: Step<K>[] = [];
  private readonly names: readonly K[];

  /** @param nothing what a step begins with: a zero of each name */
  constructor(
    { step, most }: Resolution,
    private readonly nothing: () => Step<K>,
  ) {
    this.length = step;
    this.most = most;
    this.names = Object.keys(nothing()) as K[]; // a record of K has no other keys
  }

  /** When the first step begins. */
  get start(): number {
    return this.first * this.length;
  }

  /** Length of a step in ms. */
  get step(): number {
    return this.length;
  }

  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  /** What one name has in each step. */
  of(name: K): number[] {
    return this.steps.map((step) => step[name]);
  }

  /** The step that a time is in, to be added to at once. */
  at(time: number): Step<K> {
    if (this.isEmpty) this.first = this.numberOf(time);
    while (this.countWith(time) > this.most) this.halve();
    const number = this.numberOf(time);
    for (; this.first > number; this.first--) this.steps.unshift(this.nothing());
    while (this.first + this.steps.length <= number) this.steps.push(this.nothing());
    return this.steps[number - this.first] as Step<K>; // the loops above have made it
  }

  /** Adds the ms of a stretch of time to the steps that it lies in. */
  spend(name: K, from: number, to: number): void {
    if (!(to > from)) return;
    this.at(from);
    this.at(to);
    for (let number = this.numberOf(from); number <= this.numberOf(to); number++) {
      const step = this.steps[number - this.first];
      const since = Math.max(from, number * this.length);
      if (step) step[name] += Math.min(to, (number + 1) * this.length) - since;
    }
  }

  private numberOf(time: number): number {
    return Math.floor(time / this.length);
  }

  private countWith(time: number): number {
    const number = this.numberOf(time);
    return Math.max(this.first + this.steps.length, number + 1) - Math.min(this.first, number);
  }

  /** Halves the resolution. */
  private halve(): void {
    const { steps, first } = this;
    this.length *= 2;
    this.first = Math.floor(first / 2);
    this.steps = [];
    steps.forEach((step, n) => {
      const whole = (this.steps[Math.floor((first + n) / 2) - this.first] ??= this.nothing());
      for (const name of this.names) whole[name] += step[name];
    });
  }
}
