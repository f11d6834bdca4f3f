import type { ExitCode } from '../exit-codes.js';
import { processIo } from '../run-io.js';
import { run } from '../run.js';
import type { WorkPlan } from './command.js';
import { openQueue } from './open-queue.js';
import { QueueSource } from './queue-source.js';

/** Works on a queue until all its inputs have their record. @returns the exit code */
export async function work({ queue: queuePlan, run: plan, isFollowing }: WorkPlan): Promise<ExitCode> {
  const io = processIo(plan);
  const queue = await openQueue(queuePlan, true, io);
  try {
    return await run(plan, undefined, io, new QueueSource(queue, isFollowing));
  } finally {
    await queue.close();
  }
}
