import type { MessagePort } from 'node:worker_threads';

/** What can be moved to another thread instead of copied: ArrayBuffers, MessagePorts, streams and the like. */
export type Transferables = NonNullable<Parameters<MessagePort['postMessage']>[1]>;

/** How a {@link WorkerPool} is asked to run a job. */
export interface RunOptions {
  readonly filename?: string;
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly transferList?: Transferables;
}

/** A Piscina 5, as far as it is used here: who has none need not have its types either. */
export interface WorkerPool {
  run(task: unknown, options?: RunOptions): Promise<unknown>;
  destroy(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  listenerCount(event: 'error'): number;
  readonly options: { readonly filename: string | null; readonly name: string };
  readonly maxThreads: number;
  readonly threads: readonly unknown[];
  readonly idleThreads: number;
  /** Jobs that wait, beside those that threads about to start will take. */
  readonly queueSize: number;
}

export function isWorkerPool(value: unknown): value is WorkerPool {
  if (typeof value !== 'object' || value === null) return false;
  return ['run', 'destroy', 'options', 'threads'].every((name) => name in value);
}
