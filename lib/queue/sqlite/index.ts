/**
 * A queue in an SQLite file: one machine, any number of kills.
 *
 * @module sluice/sqlite
 */
export { sqliteQueue } from './open.js';
export type { SqliteQueueOptions } from './open.js';
export { fetchQueue } from '../fetch-queue.js';
export type { FetchQueueOptions } from '../fetch-queue.js';
export { QueueError } from '../queue-error.js';
