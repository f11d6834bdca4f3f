import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`: a whole run in one line that a machine can read. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length; // it could not be loaded, or a hook of its own threw
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        if (state === 'failed') failed++;
      }
    }
    // the coverage report is yet to come; at exit nothing is
    process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed\n`));
  }
}
