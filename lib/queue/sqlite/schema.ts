import { QueueError } from '../queue-error.js';
import type { SqlDatabase } from './driver.js';

/**
 * What an input is in. A suspect is queued too: its workers have died twice, and it is handed out alone, when nothing
 * else is left.
 */
export const state = { suspect: -1, queued: 0, leased: 1, done: 2 } as const;

/**
 * Each entry takes a file from the version that is its place to the next. `due` is when a queued input may be handed
 * out, and when the lease of a leased one runs out, in ms since 1970.
 */
const migrations: readonly string[] = [
  `CREATE TABLE inputs (
     idx INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     request TEXT NOT NULL,
     state INTEGER NOT NULL DEFAULT 0,
     due INTEGER NOT NULL DEFAULT 0,
     holder INTEGER,
     deaths INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX open_inputs ON inputs (state, due, idx) WHERE state < 2;
   CREATE TABLE records (
     seq INTEGER PRIMARY KEY,
     idx INTEGER NOT NULL UNIQUE,
     kind TEXT,
     record TEXT NOT NULL,
     body BLOB
   ) STRICT;
   CREATE INDEX failed_records ON records (kind) WHERE kind IS NOT NULL;
   CREATE TABLE workers (id INTEGER PRIMARY KEY, process TEXT NOT NULL) STRICT;
   CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`,
  // `since`: when it took its first inputs; none of those who only look on
  `ALTER TABLE workers ADD COLUMN since INTEGER;
   ALTER TABLE workers ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;`,
];

/** What the state files of the command's `--state` are known by. */
export const stateMark = 0x736c7374;

/** Brings a file to the newest version, in one transaction. @throws QueueError for a file that is none of a queue */
export function migrate(database: SqlDatabase, file: string): void {
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA wal_autocheckpoint = 16384');
  database.exec('BEGIN IMMEDIATE');
  try {
    if (numberOf(database, 'PRAGMA application_id', 'application_id') === stateMark) {
      throw new QueueError(
        `${file} is the state of a run of the command, not a queue: run that again with --state to get its records`,
      );
    }
    const version = numberOf(database, 'PRAGMA user_version', 'user_version');
    if (version > migrations.length) {
      throw new QueueError(
        `${file} was written by a later version of sluice (schema ${version}, this knows ${migrations.length}): update sluice`,
      );
    }
    if (version === 0 && numberOf(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables') > 0) {
      throw new QueueError(`${file} is an SQLite database of something else: give another name`);
    }
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** A number that SQLite is asked for. */
export function numberOf(database: SqlDatabase, sql: string, column: string): number {
  return Number(database.prepare(sql).get()?.[column] ?? 0);
}
