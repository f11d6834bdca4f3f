import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** How busy a pipeline is. */
export interface Load {
  /** Inputs that were pulled and have not settled. */
  readonly underWay: number;
  /** Those of them that wait at the gate: their host is busy, or a retry waits. */
  readonly atGate: number;
  readonly concurrency: number;
}

/**
 * Somebody downstream who holds results back (a reorder window, a slow `for await`), and who must therefore
 * hold the pull back: what is held counts like what is in flight.
 */
export abstract class Hold {
  private readonly wakers = new Set<() => void>();

  /** Whether a pipeline that is so busy may take another input. */
  abstract hasRoom(load: Load): boolean;

  /** Whether it may start what it has pulled. */
  mayStart(_load: Load): boolean {
    return true;
  }

  /** Calls `wake` whenever there may be more room. Returns how to stop that. */
  onRoom(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => this.wakers.delete(wake);
  }

  protected roomMade(): void {
    for (const wake of this.wakers) wake();
  }
}

let holds: readonly Hold[] = [];

/**
 * Makes every pipeline upstream feel `hold`, however many operators lie between: a pipeline asks
 * `holdsInScope()` while it is being subscribed, and RxJS subscribes upwards in one call.
 */
export function under<T>(hold: Hold): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const outer = holds;
      holds = [...outer, hold];
      try {
        return source.subscribe(subscriber);
      } finally {
        holds = outer;
      }
    });
}

/** The holds of everybody downstream of what is being subscribed now. */
export function holdsInScope(): readonly Hold[] {
  return holds;
}

/** Runs code that may subscribe to other pipelines: those are nobody's upstream, and are not held. */
export function outOfScope(run: () => void): void {
  const outer = holds;
  holds = [];
  try {
    run();
  } finally {
    holds = outer;
  }
}
