import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { QueueError } from '../queue-error.js';
import type { SqlDatabase } from './driver.js';
import { useFile, type FileUse } from './file-users.js';
import { nodeSqlite, openNative, sqlError } from './native-driver.js';
import { openWasm } from './wasm-driver.js';

/** How a file is opened. */
interface OpenRules {
  /** Whether no other process may have it open, also where SQLite could share it. */
  readonly isAlone: boolean;
  /** Whether it is not made where there is none. @default false */
  readonly mustExist?: boolean;
  /** What it is opened for, as the end of "could not". */
  readonly doing: string;
}

/** A database that is open, and what goes with it. */
export interface OpenDatabase {
  readonly database: SqlDatabase;
  /** Another process that has it open; undefined where there is none. */
  otherUser(): string | undefined;
  /** Closes it, and says beside the file that nobody has it open. */
  close(): void;
}

/**
 * Opens an SQLite file with the engine that there is, which makes it where there is none.
 *
 * @param begin what is done with it first: when that throws, the file is closed
 * @returns what `begin` returns
 * @throws QueueError, as a rejection
 */
export async function openDatabase<R>(
  path: string,
  { isAlone, mustExist = false, doing }: OpenRules,
  begin: (opened: OpenDatabase) => R,
): Promise<R> {
  const native = nodeSqlite();
  let use: FileUse | undefined;
  let database: SqlDatabase | undefined;
  const close = (): void => {
    database?.close();
    use?.leave();
  };
  try {
    checkFile(path, mustExist);
    use = useFile(path, native ? 'node:sqlite' : 'node-sqlite3-wasm', isAlone);
    database = native ? openNative(native, path) : await openWasm(path);
    return begin({ database, otherUser: () => use?.other(), close });
  } catch (error) {
    close();
    throw sqlError(path, doing, error);
  }
}

/** The file, which may have yet to be made, and its folder, where SQLite keeps more. */
function checkFile(path: string, mustExist: boolean): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status && !status.isFile()) {
    const what = status.isDirectory()
      ? 'a folder: give the path of a file in it'
      : 'no file: give the path of one';
    throw new QueueError(`${path} is ${what}`);
  }
  if (mustExist && !status) {
    throw new QueueError(`There is no queue at ${path}: look at its name, or enqueue something first`);
  }
  // asked for here, as node-sqlite3-wasm does not say why it cannot open a file
  if (status) accessSync(path, constants.R_OK | constants.W_OK);
  accessSync(dirname(path), constants.W_OK);
}
