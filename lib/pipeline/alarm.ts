import type { SchedulerLike, Subscription } from 'rxjs';

/** Timers take no more: `setTimeout(f, 2 ** 31)` fires after 1 ms. */
export const longestTimer = 2 ** 31 - 1;

/** The only timer of a gate, however many wait there, and the gate's time. */
export class Alarm {
  private timer: Subscription | undefined;
  private due = Infinity;
  private reached = -Infinity;

  constructor(
    private readonly scheduler: SchedulerLike,
    /** What it wakes. */
    private readonly sleeper: { pump(): void },
  ) {}

  /** Never before what a timer has just waited for, though the wall clock may have been set back meanwhile. */
  get now(): number {
    return Math.max(this.scheduler.now(), this.reached);
  }

  /** What it rang for is done. Rings again at `due`; Infinity: never. */
  set(due: number): void {
    this.reached = -Infinity;
    if (due === this.due) return;
    this.timer?.unsubscribe();
    this.due = due;
    if (due === Infinity) return;
    const delay = Math.min(Math.max(0, due - this.scheduler.now()), longestTimer);
    this.timer = this.scheduler.schedule(() => {
      this.due = Infinity;
      if (delay < longestTimer) this.reached = due;
      this.sleeper.pump();
    }, delay);
  }
}
