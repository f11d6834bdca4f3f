import { execFile, type ExecFileOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The command as it is built. */
export const binary = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** What serves the demo's site. */
export const siteServer = new URL('../../dist/cli/site-server.js', import.meta.url);

if (!existsSync(binary))
  throw new Error('dist/cli is not built: `npm run build:js` comes before these specs');

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment in which nobody asks for colours. */
export function plainEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env;
  return { ...env, ...more };
}

/** Runs the command to its end; stdin is empty unless there is `input`. */
export function sluice(
  args: readonly string[],
  options: ExecFileOptions & { input?: string } = {},
): Promise<Ended> {
  const { input = '', ...others } = options;
  return new Promise((resolve) => {
    const all = { env: plainEnv(), encoding: 'utf8', ...others } as const;
    const child = execFile(process.execPath, [binary, ...args], all, (error, stdout, stderr) => {
      resolve({ code: error ? (child.exitCode ?? null) : 0, stdout: String(stdout), stderr: String(stderr) });
    });
    child.stdin?.on('error', () => undefined); // it may end before it has read all
    child.stdin?.end(input);
  });
}
