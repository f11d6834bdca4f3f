import { VirtualTimeScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';

/**
 * Time that moves from timer to timer when told to, so that promises can be waited for in between.
 * TestScheduler's moves in one synchronous go: an async generator never gets a turn.
 */
export class VirtualClock implements SchedulerLike {
  private readonly scheduler = new VirtualTimeScheduler(undefined, 0);

  now(): number {
    return this.scheduler.frame;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return this.scheduler.schedule(work, delay, state);
  }

  /** Timers that are set. */
  get timers(): number {
    return this.scheduler.actions.length;
  }

  /** Goes on to the next timer and runs all that are due then. Says whether there was one. */
  step(): boolean {
    const [next] = this.scheduler.actions;
    if (!next) return false;
    this.scheduler.maxFrames = next.delay;
    this.scheduler.flush();
    return true;
  }

  /** Goes on until no timer is set, with a turn for promises before each step. */
  async run(beforeStep: () => void = () => undefined, mostSteps = 100_000): Promise<void> {
    for (let steps = 0; ; steps++) {
      if (steps === mostSteps) throw new Error(`There is no end to it: ${this.timers} timers are set`);
      await turn();
      beforeStep();
      if (!this.step()) return;
    }
  }
}

/** Lets everything happen that waits for nothing but promises. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
