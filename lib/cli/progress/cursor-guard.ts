import type { Screen } from './screen.js';

/** What is to be known of the process that draws; `process` is one. */
export interface GuardedProcess {
  readonly pid: number;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  kill(pid: number, signal: string): unknown;
}

/**
 * Gives the cursor back however the process ends, and while it is stopped by Ctrl-Z. Only SIGKILL leaves it hidden.
 * @returns what ends the guard
 */
export function guardCursor(screen: Screen, guarded: GuardedProcess): () => void {
  const close = (): void => screen.close();
  const stop = (): void => {
    screen.close();
    guarded.kill(guarded.pid, 'SIGSTOP'); // who listens to SIGTSTP has to stop by himself
  };
  const listeners = { exit: close, uncaughtExceptionMonitor: close, SIGTSTP: stop };
  for (const [event, listener] of Object.entries(listeners)) guarded.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) guarded.off(event, listener);
  };
}
