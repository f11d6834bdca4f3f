import type { SqlDatabase } from './driver.js';
import { sqlError } from './native-driver.js';

interface Write {
  readonly run: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What is written in one turn of the event loop goes into one transaction: a commit costs as much as 50 rows. */
export class WriteBatch {
  private waiting: Write[] = [];
  private scheduled: NodeJS.Immediate | undefined;

  constructor(
    private readonly database: SqlDatabase,
    private readonly file: string,
  ) {}

  /** Does `run` in the next transaction, and answers when that is committed. */
  add<R>(run: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ run, resolve, reject });
      this.scheduled ??= setImmediate(() => this.flush());
    });
  }

  /** Does `run` now, in a transaction of its own, after what waits. @throws QueueError */
  now<R>(doing: string, run: () => R): R {
    this.flush();
    return this.transaction(doing, run);
  }

  /** Writes what waits. */
  flush(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    const writes = this.waiting;
    if (writes.length === 0) return;
    this.waiting = [];
    try {
      const results = this.transaction('store records', () => writes.map(({ run }) => run()));
      for (const [at, { resolve }] of writes.entries()) resolve(results[at] as never);
    } catch (error) {
      for (const { reject } of writes) reject(error);
    }
  }

  private transaction<R>(doing: string, run: () => R): R {
    const { database } = this;
    try {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = run();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollback(database);
        throw error;
      }
    } catch (error) {
      throw sqlError(this.file, doing, error);
    }
  }
}

function rollback(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has done so itself, as it does when the disk is full
  }
}
