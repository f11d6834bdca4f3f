import { createInterface } from 'node:readline';
import { grouped, plural } from '../../observe/report/figures.js';
import { QueueError } from '../../queue/queue-error.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { processIo, type RunIo } from '../run-io.js';
import { UsageError } from '../usage-error.js';
import type { PurgePlan } from './command.js';
import { openQueue } from './open-queue.js';

/**
 * Deletes a queue, after a question that only somebody at a terminal can answer.
 *
 * @returns the exit code
 * @throws UsageError, as a rejection: nobody is there to be asked
 */
export async function purge(plan: PurgePlan, io: RunIo = processIo(plan)): Promise<ExitCode> {
  const { queue: queuePlan, isSure } = plan;
  if (!isSure && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UsageError(
      'sluice purge asks before it deletes, and nobody is at a terminal to answer: add --yes',
    );
  }
  const queue = await openQueue(queuePlan, true, io);
  try {
    const { total, done } = await queue.counts();
    const what = `${queuePlan.called}, ${plural(total, 'URL')} and ${plural(done, 'record')}`;
    if (!isSure && !(await isAgreed(what, total - done))) {
      io.talk.info('Nothing was deleted');
      return exitCodes.failed;
    }
    await queue.purge();
    io.talk.info(`Deleted ${what}`, { total, done });
    return exitCodes.succeeded;
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    io.talk.error(error.message, error);
    return exitCodes.unwritable;
  } finally {
    await queue.close();
  }
}

async function isAgreed(what: string, open: number): Promise<boolean> {
  const left = open > 0 ? ` (${grouped(open)} not fetched yet)` : '';
  process.stderr.write(`Delete ${what}${left}? [y/N] `);
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  return false; // Ctrl-D
}
