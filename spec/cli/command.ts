import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The command as it is built. */
export const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The command in a process of its own. */
export interface StartedCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves once stderr has said so. */
  says(what: RegExp): Promise<void>;
  readonly end: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts a program, the command if none is named; at the test's end it is no more. */
export function start(
  args: readonly string[],
  program: readonly string[] = [process.execPath, command],
): StartedCommand {
  accessSync(command); // `npm run build` comes before the specs of the command
  const env = { ...process.env };
  delete env['FORCE_COLOR'];
  const [file = '', ...before] = program;
  const child = spawn(file, [...before, ...args], { stdio: 'pipe', env });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined); // who does not read it may close it
  let said = '';
  let waiting: { readonly what: RegExp; readonly resolve: () => void }[] = [];
  const check = (): void => {
    for (const { resolve } of waiting.filter(({ what }) => what.test(said))) resolve();
    waiting = waiting.filter(({ what }) => !what.test(said));
  };
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
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
    end: Promise.all([text(child.stdout), closed]).then(([stdout]) => ({
      code: child.exitCode,
      stdout,
      stderr: said,
    })),
  };
}
