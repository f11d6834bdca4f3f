import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Somebody downstream who holds results back (a reorder window, a slow `for await`), and who must therefore
 * hold the pull back: what is held counts like what is in flight.
 */
export abstract class Hold {
  private readonly wakers = new Set<() => void>();

  /** Whether a pipeline that has so many inputs under way, of its `concurrency`, may take another. */
  abstract hasRoom(underWay: number, concurrency: number): boolean;

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
