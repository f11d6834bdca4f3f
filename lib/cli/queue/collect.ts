import { OutputError } from '../../files/output-error.js';
import { grouped, plural } from '../../observe/report/figures.js';
import { QueueError } from '../../queue/queue-error.js';
import type { RequestQueue } from '../../queue/request-queue.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { explainWatchersOf } from '../explain-watchers.js';
import { lineOf } from '../line-of.js';
import { outputOf } from '../output/output-of.js';
import { recordsWatcher } from '../records-watcher.js';
import { processIo, type RunIo } from '../run-io.js';
import { aboutPackage } from '../version.js';
import type { Watcher } from '../watcher.js';
import type { CollectPlan } from './command.js';
import { openQueue } from './open-queue.js';
import { Stop } from './stop.js';

/** What was written out. */
interface Collected {
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * Writes out the records of a queue.
 *
 * @returns the exit code: whether all inputs have their record, whatever that says
 */
export async function collect(plan: CollectPlan, io: RunIo = processIo(plan)): Promise<ExitCode> {
  const queue = await openQueue(plan.queue, true, io);
  const stop = new Stop(io);
  try {
    const watchers = await watchersOf(plan, io);
    const collected = await handOut(queue, watchers, plan, stop.signal);
    for (const watcher of watchers) await watcher.end?.({ duration: 0, isCut: stop.signal.aborted });
    const { total } = await queue.counts();
    return said(collected, total, io, stop.signal.aborted);
  } catch (error) {
    if (error instanceof OutputError && error.isClosedPipe) return exitCodes.succeeded; // its reader has seen enough
    if (!(error instanceof OutputError || error instanceof QueueError)) throw error;
    io.talk.error(error.message, error);
    return exitCodes.unwritable;
  } finally {
    stop.end();
    await queue.close();
  }
}

/** Those of a run that are made of records alone. */
async function watchersOf({ files, queue, talk }: CollectPlan, io: RunIo): Promise<readonly Watcher[]> {
  const { output, warc } = files;
  const heardLater = (): void => undefined; // who adds to an output that is broken hears of it then
  return [
    recordsWatcher(outputOf(output ?? '-', io.stdout), io.scheduler, heardLater),
    ...(warc === undefined
      ? []
      : [await (await import('../warc.js')).warcWatcher(warc, `sluice/${aboutPackage().version}`)]),
    ...(await explainWatchersOf({ inputs: [queue.called], files, talk }, io)),
  ];
}

async function handOut(
  queue: RequestQueue<unknown>,
  watchers: readonly Watcher[],
  { body, files, order, isFollowing }: CollectPlan,
  signal: AbortSignal,
): Promise<Collected> {
  const inputs = { urls: [], files: [] };
  let succeeded = 0;
  let failed = 0;
  for await (const result of queue.results({ order, follow: isFollowing, signal })) {
    if (signal.aborted) break;
    if (result.ok) succeeded++;
    else failed++;
    const line = lineOf(result, { body, files, inputs }, undefined);
    for (const watcher of watchers) {
      const pending = watcher.record?.(line, result);
      if (pending) await pending;
    }
  }
  return { succeeded, failed };
}

function said(
  { succeeded, failed }: Collected,
  total: number,
  { talk }: Pick<RunIo, 'talk'>,
  isStopped: boolean,
): ExitCode {
  const collected = succeeded + failed;
  const missing = Math.max(0, total - collected);
  const numbers = { collected, succeeded, failed, missing };
  const parts = `${grouped(succeeded)} succeeded, ${grouped(failed)} failed`;
  talk.info(`${plural(collected, 'record')} collected: ${parts}`, numbers);
  if (isStopped) return exitCodes.interrupted;
  if (missing === 0) return exitCodes.succeeded;
  const verb = missing === 1 ? 'is' : 'are';
  talk.warn(`${grouped(missing)} of ${plural(total, 'URL')} ${verb} missing: not fetched yet`, numbers);
  return exitCodes.failed;
}
