import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { QueueError } from '../queue-error.js';
import { hasEnded, processMark } from './process-mark.js';

type Engine = 'node:sqlite' | 'node-sqlite3-wasm';

/** A file that this process has open. */
export interface FileUse {
  /** Another process that has it open; undefined where there is none. */
  other(): string | undefined;
  /** It is closed. */
  leave(): void;
}

/**
 * Says beside the file who has it open. SQLite in WebAssembly locks with a folder that outlives a killed process, and
 * knows nothing of the locks of the built-in one: one file must never be open with both.
 *
 * @param isAlone whether nobody else may have it open, whatever SQLite could do
 * @throws QueueError when it is in use in a way that cannot be shared
 */
export function useFile(file: string, engine: Engine, isAlone: boolean): FileUse {
  const folder = `${file}-users`;
  const own = join(folder, `${process.pid}-${randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, `${engine}\n${processMark()}`);
  const leave = (): void => {
    rmSync(own, { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // others use it
    }
  };
  const others = (): LiveUser[] =>
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => path !== own)
      .flatMap((path) => liveUser(path) ?? []);
  const other = others().find((user) => isAlone || engine === 'node-sqlite3-wasm' || user.engine !== engine);
  if (other) {
    leave();
    const why = isAlone
      ? 'it serves one process at a time'
      : 'without node:sqlite (Node 22.13 and later) a file serves one process at a time';
    throw new QueueError(
      `${file} is in use by process ${other.pid}: ${why}. Wait for that process, or end it`,
    );
  }
  // nobody lives who could hold it
  if (engine === 'node-sqlite3-wasm') rmSync(`${file}.lock`, { recursive: true, force: true });
  return { other: () => others()[0]?.pid, leave };
}

interface LiveUser {
  readonly engine: string;
  readonly pid: string;
}

function liveUser(path: string): LiveUser | undefined {
  try {
    const [engine = '', mark = ''] = readFileSync(path, 'utf8').split('\n');
    if (mark === '' || !hasEnded(mark)) return { engine, pid: mark.split(' ')[1] ?? '' };
    rmSync(path, { force: true });
  } catch {
    // gone meanwhile
  }
  return undefined;
}
