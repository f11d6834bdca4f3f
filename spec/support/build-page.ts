import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Bundles the page of the HTML report before the tests: they run from lib/, where its text is made and not kept. */
export default function buildPage(): void {
  const script = fileURLToPath(new URL('../../lib/observe/report/html/build-page.mjs', import.meta.url));
  execFileSync(process.execPath, [script]);
}
