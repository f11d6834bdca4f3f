import { config } from 'rxjs';
import { afterAll, beforeAll, expect } from 'vitest';

/** Thrown by a suite's own observers: RxJS reports it as unhandled, and so it should. */
export class Deliberate extends Error {}

/** To be called at the top of a suite: nothing but what its observers throw may go unhandled. */
export function expectsNothingUnhandled(): void {
  const unhandled: unknown[] = [];
  beforeAll(() => {
    config.onUnhandledError = (error) => {
      if (!(error instanceof Deliberate)) unhandled.push(error);
    };
  });
  afterAll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1)); // RxJS reports from such a timer, and theirs came first
    config.onUnhandledError = null;
    expect(unhandled).toEqual([]);
  });
}
