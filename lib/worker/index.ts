/**
 * Work on other threads, by Piscina, as an operator.
 *
 * @module sluice/worker
 */
export { mapInWorker } from './map-in-worker.js';
export type { WorkerOptions } from './options.js';
export type { RunOptions, Transferables, WorkerPool } from './worker-pool.js';
