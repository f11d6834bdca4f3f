export { mapInWorker } from './map-in-worker.js';
export type { WorkerOptions } from './options.js';
export type { RunOptions, Transferables, WorkerPool } from './worker-pool.js';
