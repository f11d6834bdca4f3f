/**
 * A queue that cannot be opened, read or written: a sentence that says which, why, and what to do.
 *
 * @example
 * import { QueueError, sqliteQueue } from 'sluice/sqlite';
 *
 * sqliteQueue('/proc/pages.db').catch((error: unknown) => {
 *   console.log(error instanceof QueueError && error.message);
 * });
 */
export class QueueError extends Error {
  /** The engine's own code, such as SQLITE_FULL, where it has one. */
  declare readonly code?: string;

  /** Makes an error. */
  constructor(
    message: string,
    details: { readonly code?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.code !== undefined) this.code = details.code;
    Object.defineProperty(this, 'name', { value: 'QueueError' });
  }
}
