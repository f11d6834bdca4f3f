import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine: what CHROMIUM names, or `chromium` on the PATH. */
function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM; // wrong or not: who names one wants no other
  return PATH.split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where the machine has none: tests that need it are skipped, which is said aloud. */
export const executablePath = findChromium();
if (executablePath === undefined) {
  process.stderr.write(
    '\nTHERE IS NO CHROMIUM ON THIS MACHINE: the tests in a browser are skipped. Install chromium, or set CHROMIUM to its path.\n\n',
  );
}

/** Starts the browser, headless. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args: flags });
}
