import { join } from 'node:path';
import type { Job } from './job.js';
import { explained } from './job-error.js';
import type { Transferables, WorkerPool } from './worker-pool.js';

/** What runs in the thread, beside this file. */
export function threadFile(): string {
  return join(import.meta.dirname, 'thread.mjs');
}

/** Does a job on a thread of the pool. Rejects with what its function threw, or with a sentence why it has no result. */
export async function runJob(
  pool: WorkerPool,
  job: Job,
  transferList: Transferables,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await pool.run(job, { filename: threadFile(), name: 'default', signal, transferList });
  } catch (error) {
    throw explained(error, job);
  }
}
