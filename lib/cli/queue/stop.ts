import type { RunIo } from '../run-io.js';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Hears the first signal, for what may be stopped at any moment. A second one ends the process, as it does by itself. */
export class Stop {
  private readonly stopping = new AbortController();
  private readonly listener = (): void => {
    this.end();
    this.stopping.abort();
  };

  constructor(private readonly signals: RunIo['signals']) {
    for (const name of names) signals.on(name, this.listener);
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Listens no more. */
  end(): void {
    for (const name of names) this.signals.off(name, this.listener);
  }
}
