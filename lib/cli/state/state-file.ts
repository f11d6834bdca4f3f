import { resolve } from 'node:path';
import { QueueError } from '../../queue/queue-error.js';
import { openDatabase, type OpenDatabase } from '../../queue/sqlite/database-file.js';
import type { SqlDatabase, SqlStatement } from '../../queue/sqlite/driver.js';
import { sqlError } from '../../queue/sqlite/native-driver.js';
import { numberOf, stateMark } from '../../queue/sqlite/schema.js';
import { belongsElsewhere, type Purpose } from './purpose.js';

/** A record as it is kept. */
export interface StateRow {
  readonly index: number;
  /** The line of the output. */
  readonly line: string;
  /** What the line does not say, where somebody needs it: the request, and page or failure, as queues keep them. */
  readonly request: string | undefined;
  readonly page: string | undefined;
  readonly body: Uint8Array | undefined;
}

/** Rows that are read at once. */
const chunk = 256;
const version = 1;

/** The SQLite file of `--state`: what the run is for, and a row for each record. Not a queue: see docs/decisions/state.md. */
export class StateFile {
  private readonly insert: SqlStatement;
  private readonly select: SqlStatement;

  private constructor(
    readonly path: string,
    private readonly opened: OpenDatabase,
  ) {
    const { database } = opened;
    this.insert = database.prepare(
      'INSERT INTO records (idx, line, request, page, body) VALUES (?, CAST(? AS TEXT), ?, ?, ?) ON CONFLICT (idx) DO NOTHING',
    );
    this.select = database.prepare(`SELECT * FROM records WHERE idx > ? ORDER BY idx LIMIT ${chunk}`);
  }

  /**
   * @param titles what is said in place of a name of the purpose
   * @throws QueueError, as a rejection: it is of something else or of another run, in use, or cannot be opened
   */
  static open(file: string, purpose: Purpose, titles?: ReadonlyMap<string, string>): Promise<StateFile> {
    const path = resolve(file);
    return openDatabase(path, { isAlone: true, doing: 'open the state' }, (opened) => {
      begin(opened.database, path, purpose, titles);
      return new StateFile(path, opened);
    });
  }

  /** How many records there are. */
  get size(): number {
    return this.sure('read records', () =>
      numberOf(this.opened.database, 'SELECT count(*) AS size FROM records', 'size'),
    );
  }

  /** The records behind one, in the order of their inputs; none: there are no more. */
  after(index: number): readonly StateRow[] {
    return this.sure('read records', () =>
      this.select.all(index).map(({ idx, line, request, page, body }) => ({
        index: Number(idx),
        line: String(line),
        request: typeof request === 'string' ? request : undefined,
        page: typeof page === 'string' ? page : undefined,
        body: body instanceof Uint8Array ? body : undefined,
      })),
    );
  }

  /** Adds all of them or none. */
  add(rows: readonly StateRow[]): void {
    this.sure('store records', () =>
      transaction(this.opened.database, () => {
        for (const { index, line, request, page, body } of rows) {
          // as bytes: node-sqlite3-wasm takes five times as long over a string
          this.insert.run(index, Buffer.from(line), request ?? null, page ?? null, body ?? null);
        }
      }),
    );
  }

  close(): void {
    this.opened.close();
  }

  private sure<R>(doing: string, work: () => R): R {
    try {
      return work();
    } catch (error) {
      throw sqlError(this.path, doing, error);
    }
  }
}

/** Makes the tables of a new file, and looks whether an old one is of this run. */
function begin(
  database: SqlDatabase,
  path: string,
  purpose: Purpose,
  titles: ReadonlyMap<string, string> | undefined,
): void {
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA wal_autocheckpoint = 16384');
  transaction(database, () => {
    if (numberOf(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables') === 0) {
      create(database, purpose);
      return;
    }
    checkKind(database, path);
    const rows = database.prepare('SELECT name, value FROM about').all();
    const known = new Map(rows.map(({ name, value }) => [String(name), String(value)]));
    const why = belongsElsewhere(known, purpose, titles);
    if (why === undefined) return;
    throw new QueueError(
      `${path} belongs to another run: ${why}. Give another file to --state, or what that run was begun with`,
    );
  });
}

function create(database: SqlDatabase, purpose: Purpose): void {
  database.exec(`PRAGMA application_id = ${stateMark};
    PRAGMA user_version = ${version};
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE records (idx INTEGER PRIMARY KEY, line TEXT NOT NULL, request TEXT, page TEXT, body BLOB) STRICT;`);
  const insert = database.prepare('INSERT INTO about (name, value) VALUES (?, ?)');
  for (const [name, value] of purpose) insert.run(name, value);
}

function checkKind(database: SqlDatabase, path: string): void {
  if (numberOf(database, 'PRAGMA application_id', 'application_id') !== stateMark) {
    const isQueue = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'workers'").get();
    const what = isQueue ? 'a queue, which --queue works on' : 'an SQLite database of something else';
    throw new QueueError(`${path} is ${what}: give another file to --state`);
  }
  const written = numberOf(database, 'PRAGMA user_version', 'user_version');
  if (written === version) return;
  throw new QueueError(
    `${path} was written by another version of sluice (state ${written}, this knows ${version}): finish the run with that one`,
  );
}

function transaction(database: SqlDatabase, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has done so itself, as it does when the disk is full
    }
    throw error;
  }
}
