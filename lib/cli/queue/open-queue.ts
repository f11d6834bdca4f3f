import { durationText } from '../../observe/report/figures.js';
import { QueueError } from '../../queue/queue-error.js';
import type { RequestQueue } from '../../queue/request-queue.js';
import type { RunIo } from '../run-io.js';
import { UsageError } from '../usage-error.js';
import type { QueuePlan } from './queue-plan.js';

/** What the library's messages name of its options, as the command calls it. */
function inOptions(message: string): string {
  return message
    .replace(
      /`leaseTime` (\d+)(.*) it is (\d+) now/,
      (_, then: string, between: string, now: string) =>
        `--lease-time ${timeOf(then)}${between} it is ${timeOf(now)} now`,
    )
    .replace(/`shards`/, '--shards');
}

/** As `--lease-time` takes it. */
function timeOf(ms: string): string {
  return Number(ms) % 1_000 === 0 ? `${Number(ms) / 1_000}s` : `${ms}ms`;
}

/**
 * Opens the queue of a plan; its engine is loaded only now.
 *
 * @param mustExist whether none is made where there is none
 * @throws UsageError, as a rejection: it is not there, or cannot be reached, or a package is missing
 */
export async function openQueue(
  plan: QueuePlan,
  mustExist: boolean,
  io: Pick<RunIo, 'talk' | 'scheduler'>,
): Promise<RequestQueue<unknown>> {
  try {
    if (plan.engine === 'sqlite') {
      const { sqliteQueue } = await import('../../queue/sqlite/open.js');
      const { file, leaseTime } = plan;
      return await sqliteQueue<unknown>(file, { mustExist, ...(leaseTime !== undefined && { leaseTime }) });
    }
    const { jetstreamQueue } = await import('../../queue/jetstream/open.js');
    const onConnection = outageTeller(plan.called, io);
    return await jetstreamQueue<unknown>(plan.name, { ...plan.options, mustExist, onConnection });
  } catch (cause) {
    if (!(cause instanceof QueueError)) throw cause;
    throw new UsageError(inOptions(cause.message), { cause });
  }
}

/** Says when the servers of a queue are lost, and for how long they were. */
function outageTeller(
  called: string,
  { talk, scheduler }: Pick<RunIo, 'talk' | 'scheduler'>,
): (isConnected: boolean) => void {
  let lostAt = 0;
  return (isConnected) => {
    const now = scheduler.now();
    if (isConnected) talk.warn(`${called} answers again, after ${durationText(now - lostAt)}`);
    else talk.warn(`The connection to ${called} is lost: trying to get it back`);
    lostAt = now;
  };
}
