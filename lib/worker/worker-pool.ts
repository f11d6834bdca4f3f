import type { MessagePort } from 'node:worker_threads';

/** What can be moved to another thread instead of copied: ArrayBuffers, MessagePorts, streams and the like. */
export type Transferables = NonNullable<Parameters<MessagePort['postMessage']>[1]>;

/** How a {@link WorkerPool} is asked to run a job. */
export interface RunOptions {
  /** The module whose function does it. @default the pool's own */
  readonly filename?: string;
  /** The export that is called. @default the pool's own */
  readonly name?: string;
  /** Aborting drops the job, or ends the thread that is on it. @default none */
  readonly signal?: AbortSignal;
  /** What of the task is moved instead of copied. @default none */
  readonly transferList?: Transferables;
}

/** A Piscina 5, as far as it is used here: who has none need not have its types either. */
export interface WorkerPool {
  /** Has a job done; resolves with what its function returns. */
  run(task: unknown, options?: RunOptions): Promise<unknown>;
  /** Ends every thread. */
  destroy(): Promise<void>;
  /** Listens for errors of threads that had no job. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Listens no more. */
  off(event: 'error', listener: (error: Error) => void): unknown;
  /** How many listen. */
  listenerCount(event: 'error'): number;
  /** What it was made with. */
  readonly options: {
    /** The module whose function does the jobs. */
    readonly filename: string | null;
    /** The export that is called. */
    readonly name: string;
  };
  /** Most threads at once. */
  readonly maxThreads: number;
  /** Those that there are. */
  readonly threads: readonly unknown[];
  /** How many of them have no job. */
  readonly idleThreads: number;
  /** Jobs that wait, beside those that threads about to start will take. */
  readonly queueSize: number;
}

export function isWorkerPool(value: unknown): value is WorkerPool {
  if (typeof value !== 'object' || value === null) return false;
  return ['run', 'destroy', 'options', 'threads'].every((name) => name in value);
}
