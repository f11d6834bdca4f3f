import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/**
 * The scheduler of real time: milliseconds since 1970 that never jump, as the wall clock does when it is set.
 * What `asyncScheduler` does with an interval and a queue this does with one `setTimeout`, as each attempt has
 * a timer of its own.
 */
export const realTime: SchedulerLike = {
  now: () => performance.timeOrigin + performance.now(),
  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new TimerAction(work).schedule(state, delay);
  },
};

class TimerAction<T> extends Subscription implements SchedulerAction<T> {
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(private readonly work: Work<T>) {
    super();
  }

  schedule(state?: T, delay = 0): this {
    if (this.closed) return this;
    clearTimeout(this.timer);
    this.timer = setTimeout(run, delay, this, state);
    return this;
  }

  override unsubscribe(): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    super.unsubscribe();
  }

  run(state?: T): void {
    this.timer = undefined;
    this.work(state);
  }
}

function run<T>(action: TimerAction<T>, state?: T): void {
  action.run(state);
}
