import type { Transferables } from './worker-pool.js';

/** Options of `mapInWorker`. */
export interface WorkerOptions<I = unknown> {
  /** Most jobs under way at once. @default os.availableParallelism(), or the `maxThreads` of a Piscina */
  readonly concurrency?: number;
  /** The export that is called. @default 'default', or the `name` of a Piscina */
  readonly name?: string;
  /** What of an input is moved to the thread instead of copied; here it is detached from then on. @default none */
  readonly transfer?: (input: I) => Transferables;
  /** After so long without a job a thread ends, in ms. Not with a Piscina, which has its own. @default 10_000 */
  readonly idleTimeout?: number;
}

/** What of them says who does the jobs. */
export type StaffOptions = Omit<WorkerOptions, 'transfer'>;
