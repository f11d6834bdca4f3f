/** When a host counts as down, and is left alone. */
export interface CircuitOptions {
  /** Failures within `window` that open the circuit. @default 10 */
  readonly threshold: number;
  /** Time within which failures count, in ms. @default 10_000 */
  readonly window: number;
  /** How long it stays open before it is tried again, in ms. @default 30_000 */
  readonly cooldown: number;
  /** Attempts let through while it is tried again. @default 1 */
  readonly probes: number;
}

/**
 * A circuit breaker: closed → open → half-open → closed, or open again.
 *
 * ```
 * attempts  f f f . . . . . . . p s s s      threshold 3, cooldown 7, probes 1
 * state     closed|open         |closed
 *                               half-open while the probe is under way
 * ```
 *
 * Time is an argument. A failure is what makes the host suspect: no connection, a broken one, a timeout, a
 * status that asks to come back later.
 */
export class Circuit {
  private readonly failures: number[] = [];
  private openUntil: number | undefined;
  private probing = 0;

  constructor(private readonly options: CircuitOptions) {}

  /** Whether an attempt may start; if not, it should fail at once. */
  lets(now: number): boolean {
    if (this.openUntil === undefined) return true;
    return now >= this.openUntil && this.probing < this.options.probes;
  }

  /** Closed and without a failure to remember: a new one would say the same. */
  isClear(now: number): boolean {
    this.forgetBefore(now - this.options.window);
    return this.openUntil === undefined && this.failures.length === 0;
  }

  /** An attempt starts. @returns whether it is a probe, for `ended` */
  started(): boolean {
    if (this.openUntil === undefined) return false;
    this.probing++;
    return true;
  }

  /** An attempt has ended; `failed` undefined: it says nothing of the host. @returns whether that opened the circuit */
  ended(failed: boolean | undefined, probe: boolean, now: number): boolean {
    if (probe) this.probing--; // whatever it says, and however long ago: the next one needs its place
    if (failed === undefined) return false;
    if (this.openUntil !== undefined) {
      if (!probe || now < this.openUntil) return false; // it started before the circuit opened: old news
      if (failed) return this.open(now);
      this.openUntil = undefined;
      return false;
    }
    if (!failed) return false;
    this.failures.push(now);
    this.forgetBefore(now - this.options.window);
    return this.failures.length >= this.options.threshold && this.open(now);
  }

  private open(now: number): true {
    this.openUntil = now + this.options.cooldown;
    this.failures.length = 0;
    return true;
  }

  private forgetBefore(time: number): void {
    while ((this.failures[0] ?? Infinity) <= time) this.failures.shift();
  }
}
