import type { Subscription } from 'rxjs';
import type { RunIo } from '../run-io.js';
import { echo } from '../signals.js';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Hears the first signal, for what may be stopped at any moment. A second one ends the process, as it does by itself,
 * unless it comes so soon that one was meant.
 */
export class Stop {
  private readonly stopping = new AbortController();
  private timer: Subscription | undefined;
  private readonly listener = (): void => {
    this.timer ??= this.io.scheduler.schedule(() => this.end(), echo);
    this.stopping.abort();
  };

  constructor(private readonly io: Pick<RunIo, 'signals' | 'scheduler'>) {
    for (const name of names) io.signals.on(name, this.listener);
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Listens no more. */
  end(): void {
    this.timer?.unsubscribe();
    for (const name of names) this.io.signals.off(name, this.listener);
  }
}
