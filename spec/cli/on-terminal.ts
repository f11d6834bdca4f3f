import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { binary } from './binary.js';

/** Whether there is util-linux's `script`. */
export const hasScript = spawnSync('script', ['--version']).status === 0;

/** A pseudo-terminal of so many columns in which the command runs, by util-linux's `script`. */
export function onTerminal(args: readonly string[], columns: number) {
  const command = `stty cols ${columns} rows 24; exec "${process.execPath}" "${binary}" ${args.join(' ')}`;
  const {
    CI: _ci,
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    BUILD_NUMBER: _number,
    TF_BUILD: _build,
    ...env
  } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...env, TERM: 'xterm' } });
  let shown = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (text: Buffer) => {
    shown += text.toString();
    for (const listener of listeners) listener();
  });
  return {
    shown: () => shown,
    press: (keys: string) => child.stdin.write(keys),
    kill: () => child.kill('SIGKILL'),
    closed: once(child, 'close').then(([code]) => code as number | null),
    /** Resolves when the terminal has been sent something. */
    shows: (expected: RegExp) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!expected.test(shown)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };
}
