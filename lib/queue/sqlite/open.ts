import { resolve } from 'node:path';
import type { Page } from '../../model/page.js';
import { checkNames } from '../../pipeline/option-names.js';
import { aboutOf, differences } from '../about.js';
import { QueueError } from '../queue-error.js';
import type { RequestQueue } from '../request-queue.js';
import type { KeyOf } from '../stored-request.js';
import { openDatabase } from './database-file.js';
import type { SqlDatabase } from './driver.js';
import { migrate } from './schema.js';
import { SqliteQueue } from './sqlite-queue.js';

/** How a queue in a file is opened. */
export interface SqliteQueueOptions<C = unknown> {
  /**
   * How long a lease is good for without being kept up, in ms; `fetchQueue` keeps it up. What a killed process of
   * this machine held is handed out at once.
   * @default 30_000
   */
  readonly leaseTime?: number;
  /** What distinguishes an input from others: those of one key are fetched once. @default method, URL and body */
  readonly key?: KeyOf<C>;
  /**
   * What the queue was made for, by name: stored with a new file, compared with an old one, which is refused when it
   * differs.
   * @default none
   */
  readonly about?: Readonly<Record<string, string | number | boolean>>;
  /** Makes no file where there is none: that is a QueueError. @default false */
  readonly mustExist?: boolean;
}

const optionNames = Object.keys({
  leaseTime: true,
  key: true,
  about: true,
  mustExist: true,
} satisfies Record<keyof SqliteQueueOptions, true>);

/**
 * Opens a queue in an SQLite file, which is made where there is none. By node:sqlite where Node has it (22.13 and
 * later): then any number of processes of one machine may share the file. Else by the optional peer
 * node-sqlite3-wasm, for one process at a time.
 *
 * Records survive a process that is killed, at any moment. After a loss of power the last moments may be missing, and
 * are fetched again.
 *
 * @param file its path; beside it SQLite keeps `-wal` and `-shm`, and this a folder `-users` while it is open
 * @throws QueueError, as a rejection: the file is of something else, in use, or cannot be opened
 * @throws TypeError for a wrong option, as a rejection
 * @example
 * import { fetchQueue, sqliteQueue } from 'sluice/sqlite';
 *
 * const queue = await sqliteQueue('pages.db');
 * console.log(await queue.enqueue(urls));
 * await queue.close();
 */
export async function sqliteQueue<T = Page, C = unknown>(
  file: string,
  options: SqliteQueueOptions<C> = {},
): Promise<RequestQueue<T, C>> {
  checkNames('sqliteQueue', options, optionNames);
  const { leaseTime = 30_000, key, about = {}, mustExist = false } = options;
  check(file, leaseTime, key);
  const path = resolve(file);
  return openDatabase(path, { isAlone: false, mustExist, doing: 'open the queue' }, (opened) => {
    migrate(opened.database, path);
    compare(opened.database, path, about);
    return new SqliteQueue<T, C>(path, opened, leaseTime, key);
  });
}

function check(file: unknown, leaseTime: unknown, key: unknown): void {
  if (typeof file !== 'string' || file === '') {
    throw new TypeError(`sqliteQueue: expected the path of a file, got ${JSON.stringify(file)}`);
  }
  if (typeof leaseTime !== 'number' || !(leaseTime >= 1_000 && leaseTime <= 86_400_000)) {
    throw new TypeError(
      `sqliteQueue: expected \`leaseTime\` to be 1000 to 86400000 ms, got ${String(leaseTime)}`,
    );
  }
  if (key !== undefined && typeof key !== 'function') {
    throw new TypeError(`sqliteQueue: expected \`key\` to be a function, got ${typeof key}`);
  }
}

/** A file that was made for something else is not gone on with. */
function compare(database: SqlDatabase, path: string, about: Readonly<Record<string, unknown>>): void {
  const rows = database.prepare('SELECT name, value FROM about').all();
  const known = new Map(rows.map(({ name, value }) => [String(name), String(value)]));
  const given = aboutOf(about);
  const isNew = known.size === 0 && database.prepare('SELECT idx FROM inputs LIMIT 1').get() === undefined;
  if (isNew) {
    const insert = database.prepare('INSERT INTO about (name, value) VALUES (?, ?)');
    for (const [name, value] of given) insert.run(name, value);
    return;
  }
  const list = differences(known, given);
  if (list === undefined) return;
  throw new QueueError(
    `${path} belongs to another run: ${list}. Give another file, or what it was begun with`,
  );
}
