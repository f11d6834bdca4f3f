/** What a column holds. */
export type SqlValue = number | string | Uint8Array | null;

/** A row, by column. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement; `?` are filled in order. */
export interface SqlStatement {
  /** Runs it. @returns how many rows it changed */
  run(...values: readonly SqlValue[]): number;
  /** Its first row. */
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  /** All its rows. */
  all(...values: readonly SqlValue[]): readonly SqlRow[];
}

/** The little of SQLite that a queue needs, whichever build of it runs. All calls are synchronous. */
export interface SqlDatabase {
  /** Whether other processes may have the file open at the same time. */
  readonly isShared: boolean;
  /** Runs statements without values. */
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}
