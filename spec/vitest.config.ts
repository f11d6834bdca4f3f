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
    globalSetup: ['spec/support/build-page.ts'],
    setupFiles: ['spec/support/property-seed.ts'],
    // for what hangs, not for what is slow: a machine that is busy elsewhere fails no test
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new CountReporter()],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts'],
      exclude: [
        '**/*.d.ts',
        'lib/cli/main.ts', // in processes of their own, into which nobody looks
        'lib/cli/demo/**',
        'lib/observe/report/html/page/**', // runs in Chromium
        'lib/observe/report/html/page-text.ts',
      ],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 95 },
    },
  },
});
