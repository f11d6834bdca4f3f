/**
 * Requests that outlive the process: the interface of a queue, and `fetchFrom` over its leases.
 *
 * @module sluice/queue
 */
export { fetchQueue } from './fetch-queue.js';
export type { FetchQueueOptions } from './fetch-queue.js';
export { QueueError } from './queue-error.js';
export type {
  EnqueueCounts,
  Lease,
  LeaseOptions,
  QueueCounts,
  QueueWorker,
  RequestQueue,
  ResultsOptions,
} from './request-queue.js';
export { requestKey } from './stored-request.js';
export type { KeyOf } from './stored-request.js';
