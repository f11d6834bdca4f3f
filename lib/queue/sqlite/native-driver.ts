import { QueueError } from '../queue-error.js';
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './driver.js';

/** What is used of node:sqlite, which Node 20 has no types of. */
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => NodeDatabase;
}

interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}

interface NodeStatement {
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  all(...values: readonly SqlValue[]): SqlRow[];
}

/** node:sqlite, from Node 22.13 on. Undefined where it is not. */
export function nodeSqlite(): NodeSqlite | undefined {
  return process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
}

/** Opens a file that several processes share: WAL, and a writer waits for another. */
export function openNative({ DatabaseSync }: NodeSqlite, file: string): SqlDatabase {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 20000');
    database.exec('PRAGMA journal_mode = WAL');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    isShared: true,
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statementOf(database.prepare(sql)),
    close: () => database.close(),
  };
}

function statementOf(statement: NodeStatement): SqlStatement {
  return {
    run: (...values) => Number(statement.run(...values).changes),
    get: (...values) => statement.get(...values),
    all: (...values) => statement.all(...values),
  };
}

/** The error of any of the two builds, as a sentence. */
export function sqlError(file: string, doing: string, cause: unknown): QueueError {
  if (cause instanceof QueueError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const { errcode } = Object(cause) as { readonly errcode?: number };
  const known = causes.find(({ primary, text }) => (errcode ?? -1) % 256 === primary || text.test(message));
  return new QueueError(`${file}: could not ${doing}: ${known?.sentence ?? message}`, {
    code: known?.code,
    cause,
  });
}

/** https://sqlite.org/rescode.html: the primary code is the last byte. node-sqlite3-wasm tells the text alone. */
const causes: readonly {
  readonly code: string;
  readonly primary: number;
  readonly text: RegExp;
  readonly sentence: string;
}[] = [
  {
    code: 'SQLITE_FULL',
    primary: 13,
    text: /disk is full/,
    sentence: 'the disk is full. What was stored before is safe: make room, and run again',
  },
  {
    code: 'SQLITE_READONLY',
    primary: 8,
    text: /readonly|read-only|^EACCES|^EPERM/,
    sentence: 'the file or its folder is read-only. It is written to also while it is read: allow that',
  },
  {
    code: 'SQLITE_NOTADB',
    primary: 26,
    text: /not a database/,
    sentence: 'it is not an SQLite database. Give another name, or move that file away',
  },
  {
    code: 'SQLITE_CORRUPT',
    primary: 11,
    text: /malformed/,
    sentence: 'the database is damaged. `sqlite3 FILE .recover` may save what is in it',
  },
  {
    code: 'SQLITE_CANTOPEN',
    primary: 14,
    text: /unable to open|Could not open|^ENOENT/,
    sentence: 'it cannot be opened. Its folder must exist and be writable, and it must be a file',
  },
  {
    code: 'SQLITE_BUSY',
    primary: 5,
    text: /database is locked/,
    sentence: 'another process has it locked. Wait until that has ended',
  },
  {
    code: 'SQLITE_IOERR',
    primary: 10,
    text: /disk I\/O error/,
    sentence: 'the disk gave an error. Look whether it is full or failing; what was stored before is safe',
  },
];
