/** What warnings come out of. */
export type Warned = Pick<NodeJS.Process, 'emitWarning'>;

/**
 * Keeps back what Node says of its own SQLite, which it calls experimental up to Node 24: whoever runs the command has
 * chosen a file, and no engine. All other warnings go on.
 */
export function hushSqlite(on: Warned = process): void {
  const emit = on.emitWarning.bind(on) as (...parts: readonly unknown[]) => void; // all of its overloads in one
  on.emitWarning = (...parts: readonly unknown[]) => {
    const [warning, kind] = parts;
    const isOfSqlite = kind === 'ExperimentalWarning' && String(warning).startsWith('SQLite is ');
    if (!isOfSqlite) emit(...parts);
  };
}
