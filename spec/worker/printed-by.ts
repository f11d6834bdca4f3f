import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs code that uses `of` and `mapInWorker` in a process of its own, which reads TypeScript. */
export async function printedBy(code: string, ...options: readonly string[]): Promise<string> {
  const imports = `import { of } from 'rxjs';\nimport { mapInWorker } from './lib/worker/index.ts';\n`;
  const all = ['--import=tsx', ...options, '-e', imports + code];
  const { stdout } = await promisify(execFile)(process.execPath, all, { cwd: root, timeout: 10_000 });
  return stdout;
}
