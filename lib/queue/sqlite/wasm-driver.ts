import type { Database, Statement } from 'node-sqlite3-wasm';
import { QueueError } from '../queue-error.js';
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './driver.js';

/** The optional peer, which reads and writes the file itself. @throws QueueError where it is not installed */
async function wasmSqlite(): Promise<typeof import('node-sqlite3-wasm')> {
  try {
    const module = await import('node-sqlite3-wasm');
    return 'default' in module ? module.default : module;
  } catch (cause) {
    throw new QueueError(
      `SQLite is not in Node ${process.versions.node}: use Node 22.13 or later, or \`npm install node-sqlite3-wasm\``,
      { cause },
    );
  }
}

/** Opens a file for this process alone. The exclusive lock must come before WAL: it has no shared memory. */
export async function openWasm(file: string): Promise<SqlDatabase> {
  const { Database: Opened } = await wasmSqlite();
  const database = new Opened(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
  } catch (error) {
    database.close();
    throw error;
  }
  return wrapped(database);
}

function wrapped(database: Database): SqlDatabase {
  const statements: Statement[] = [];
  return {
    isShared: false,
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      statements.push(statement);
      return statementOf(statement);
    },
    close() {
      for (const statement of statements) statement.finalize(); // else the file stays locked
      database.close();
    },
  };
}

function statementOf(statement: Statement): SqlStatement {
  return {
    run: (...values: SqlValue[]) => statement.run(values).changes,
    // its own get() stops at the first row and leaves the statement open: no transaction could be committed
    get: (...values: SqlValue[]) => statement.all(values)[0] as SqlRow | undefined,
    all: (...values: SqlValue[]) => statement.all(values) as SqlRow[],
  };
}
