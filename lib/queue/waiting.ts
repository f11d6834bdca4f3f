/** Those who wait for something to change, each for a while. */
export class Waiting {
  private readonly wakers = new Set<() => void>();

  /** Whatever they wait for may have happened. */
  wakeAll(): void {
    for (const wake of [...this.wakers]) wake();
  }

  /** Until it is woken, so many ms have passed, or the signal is aborted. */
  until(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wakers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
      if (signal?.aborted === true) wake();
    });
  }
}
