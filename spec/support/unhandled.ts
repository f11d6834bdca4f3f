import { config } from 'rxjs';
import { afterEach, beforeEach } from 'vitest';

/** To be called at the top of a suite. @returns what RxJS has reported as unhandled in the test so far */
export function unhandledErrors(): readonly unknown[] {
  const unhandled: unknown[] = [];
  beforeEach(() => {
    unhandled.length = 0;
    config.onUnhandledError = (error) => unhandled.push(error);
  });
  afterEach(() => {
    config.onUnhandledError = null;
  });
  return unhandled;
}
