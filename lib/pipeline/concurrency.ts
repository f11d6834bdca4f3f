import type { Observable, Subscription } from 'rxjs';

/** How many attempts may be under way at once: a number, or what says it while they are. */
export type Concurrency = number | Observable<number>;

/** How many slots there are, or so many `unless` it is a number. */
export function slotsOf(concurrency: Concurrency, unless: number): number {
  return typeof concurrency === 'number' ? concurrency : unless;
}

/** Hands on what is a limit. What is none, and an error, leaves the last one: only the source may fail the results. */
export function follow(limit$: Observable<number>, change: (slots: number) => void): Subscription {
  return limit$.subscribe({
    next: (limit: unknown) => {
      if (typeof limit === 'number' && (limit === 0 || limit >= 1)) change(Math.floor(limit));
    },
    error: () => undefined,
  });
}
