import type { QueueWorker } from '../request-queue.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';

/** What a worker says of itself. */
export interface WorkerReport extends QueueWorker {
  /** From how many shards it takes. */
  readonly shards: number;
}

/** How long to wait for the next worker's answer, and for the first, in ms. */
const pauses = { between: 60, first: 1_000 };

/** Asks all workers. One that is stopped, or cut off, does not answer. */
export async function workerReports({ nats }: Connection, { report }: Names): Promise<WorkerReport[]> {
  const reports: WorkerReport[] = [];
  try {
    const answers = await nats.requestMany(report, '', {
      strategy: 'stall',
      stall: pauses.between,
      maxWait: pauses.first,
    });
    for await (const answer of answers) reports.push(answer.json<WorkerReport>());
  } catch {
    // nobody is there to answer
  }
  return reports;
}
