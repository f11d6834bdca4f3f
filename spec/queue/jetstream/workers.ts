import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a worker's process is told. */
export interface WorkerOptions {
  readonly servers: string | readonly string[];
  readonly name: string;
  readonly leaseTime: number;
  readonly follow?: boolean;
  /** How many requests to one host at once. @default as many as there are slots */
  readonly perHost?: number;
  /** The index of the input at which it kills itself. */
  readonly poison?: number;
}

/** A process that works on a queue. */
export interface WorkerProcess {
  /** Has it begin. */
  begin(): void;
  signal(signal: NodeJS.Signals): void;
  /** The signal that ended it, or its exit code. */
  readonly end: Promise<unknown>;
  /** How many records it has said to have stored. */
  readonly stored: number;
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url));
const running = new Set<ChildProcess>();

/** Starts one; it is connected, and has not begun. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  let stored = 0;
  const end = once(child, 'exit').then(([code, signal]: (string | number | null)[]) => signal ?? code);
  child.once('exit', () => running.delete(child));
  const early = end.then((how) => {
    throw new Error(`the worker ended before it was ready: ${String(how)}`);
  });
  await Promise.race([once(child, 'message'), early]);
  early.catch(() => undefined); // it ends at some time
  child.on('message', (said) => {
    stored = Number(said);
  });
  return {
    begin: () => child.send('begin'),
    signal: (signal) => child.kill(signal),
    end,
    get stored() {
      return stored;
    },
  };
}

/** Ends those that a failed test has left. */
export function endWorkers(): void {
  for (const child of running) child.kill('SIGKILL');
}
