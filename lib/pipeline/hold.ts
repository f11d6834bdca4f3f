import type { Observable, Observer, Subscription } from 'rxjs';

/**
 * Somebody downstream who holds results back (a reorder window, a slow `for await`), and who must therefore
 * hold the pull back: what is held counts like what is in flight.
 */
export abstract class Hold {
  private readonly wakers = new Set<() => void>();

  /** Whether a pipeline that has `unsettled` inputs of its `concurrency` under way may start another. */
  abstract hasRoom(unsettled: number, concurrency: number): boolean;

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
 * Subscribes so that every pipeline upstream, however many operators lie between, feels `hold`: a pipeline
 * asks `holdsInScope()` while it is being subscribed, which RxJS does in this very call.
 */
export function subscribeHolding<T>(
  source: Observable<T>,
  hold: Hold,
  observer: Partial<Observer<T>>,
): Subscription {
  const outer = holds;
  holds = [...outer, hold];
  try {
    return source.subscribe(observer);
  } finally {
    holds = outer;
  }
}

/** The holds of everybody downstream of what is being subscribed now. */
export function holdsInScope(): readonly Hold[] {
  return holds;
}
