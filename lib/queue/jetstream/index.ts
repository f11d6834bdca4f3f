/**
 * A queue on NATS JetStream: as many workers as there are machines.
 *
 * @module sluice/jetstream
 */
export { jetstreamQueue } from './open.js';
export type { JetStreamQueue } from './jetstream-queue.js';
export type {
  JetStreamQueueOptions,
  NatsCredentials,
  NatsCreds,
  NatsNkey,
  NatsTls,
  NatsToken,
  NatsUser,
} from './options.js';
export type { WorkerReport } from './worker-report.js';
export { fetchQueue } from '../fetch-queue.js';
export type { FetchQueueOptions } from '../fetch-queue.js';
export { QueueError } from '../queue-error.js';
