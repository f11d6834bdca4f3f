import type { Observable, Subscription } from 'rxjs';

/** Hands on what is a limit. What is none, and an error, leaves the last one: only the source may fail the results. */
export function follow(limit$: Observable<number>, change: (slots: number) => void): Subscription {
  return limit$.subscribe({
    next: (limit: unknown) => {
      if (typeof limit === 'number' && (limit === 0 || limit >= 1)) change(Math.floor(limit));
    },
    error: () => undefined,
  });
}
