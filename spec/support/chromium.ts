import { chromium, type Browser } from 'playwright-core';
import { findProgram } from './program.js';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Undefined where the machine has none: tests that need it are skipped, which is said aloud. */
export const executablePath = findProgram('chromium', 'CHROMIUM');
if (executablePath === undefined) {
  process.stderr.write(
    '\nTHERE IS NO CHROMIUM ON THIS MACHINE: the tests in a browser are skipped. Install chromium, or set CHROMIUM to its path.\n\n',
  );
}

/** Starts the browser, headless. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args: flags });
}
