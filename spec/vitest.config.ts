import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { CountReporter } from './support/count-reporter.js';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: {
    tsconfigPaths: true, // 'sluice' is lib/
    // package.json's `imports` come before the paths of tsconfig.json, and lead to dist/
    alias: {
      '#default-transport': fileURLToPath(new URL('../lib/transports/default/node.ts', import.meta.url)),
    },
  },
  test: {
    include: ['spec/**/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 2, // also where there are two cores: vitest would leave one to itself
    setupFiles: ['spec/support/property-seed.ts'],
    // for what hangs, not for what is slow: a machine that is busy elsewhere fails no test
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new CountReporter()],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts'],
      // the command's entry and its demo are tested in processes of their own, which nobody looks into
      exclude: ['**/*.d.ts', 'lib/cli/main.ts', 'lib/cli/demo/**'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 95 },
    },
  },
});
