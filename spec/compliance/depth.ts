import { of, type Observable } from 'rxjs';
import type { Page } from 'sluice';
import { page } from 'sluice/testing';

export const million = 1_000_000;

/** One page for all: what is looked at is how it travels. */
export const onePage = page('http://h/');

export function* sameUrl(count: number): Generator<string> {
  for (let given = 0; given < count; given++) yield 'http://h/';
}

/** Looks from time to time how deep the stack is. */
export class Depth {
  looks = 0;
  private first = 0;
  private deepest = 0;

  /** Frames that came on top since the first look; a recursion makes at least one an item. */
  get growth(): number {
    return this.deepest - this.first;
  }

  look(): void {
    if (++this.looks % 4_999 !== 10) return;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Infinity;
    const depth = new Error().stack?.split('\n').length ?? 0;
    Error.stackTraceLimit = stackTraceLimit;
    this.first ||= depth;
    this.deepest = Math.max(this.deepest, depth);
  }

  /** Answers in the very call. */
  readonly transport = (): Observable<Page> => {
    this.look();
    return of(onePage);
  };
}

/** Counts what comes out, to the end. */
export function count(values$: Observable<unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    values$.subscribe({
      next: () => seen++,
      error: reject,
      complete: () => {
        resolve(seen);
      },
    });
  });
}
