import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

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

/** The command in a process of its own. */
export interface StartedCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves once stderr has said so. */
  says(what: RegExp): Promise<void>;
  readonly end: Promise<Ended>;
}

/** An environment in which nobody asks for colours. */
export function plainEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env;
  return { ...env, ...more };
}

const built = [process.execPath, binary];

/** Runs the command to its end; stdin is empty unless there is `input`. */
export function sluice(
  args: readonly string[],
  { input = '', cwd }: { readonly input?: string; readonly cwd?: string } = {},
): Promise<Ended> {
  const { child, end } = launched(args, built, cwd);
  child.stdin.end(input);
  return end;
}

/** Starts a program, the command if none is named; at the test's end it is no more. Its stdin stays open. */
export function start(args: readonly string[], program: readonly string[] = built): StartedCommand {
  const started = launched(args, program);
  onTestFinished(() => void started.child.kill('SIGKILL'));
  return started;
}

function launched(args: readonly string[], program: readonly string[], cwd?: string): StartedCommand {
  const [file = '', ...before] = program;
  const child = spawn(file, [...before, ...args], { stdio: 'pipe', env: plainEnv(), cwd });
  child.stdin.on('error', () => undefined); // it may end before it has read all
  let said = '';
  let waiting: { readonly what: RegExp; readonly resolve: () => void }[] = [];
  const check = (): void => {
    for (const { resolve } of waiting.filter(({ what }) => what.test(said))) resolve();
    waiting = waiting.filter(({ what }) => !what.test(said));
  };
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    said += more;
    check();
  });
  const closed = once(child, 'close');
  return {
    child,
    says: (what) =>
      new Promise((resolve) => {
        waiting.push({ what, resolve });
        check();
      }),
    end: Promise.all([buffer(child.stdout), closed]).then(([stdout]) => ({
      code: child.exitCode,
      stdout: stdout.toString(),
      stderr: said,
    })),
  };
}
