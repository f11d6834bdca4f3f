import { QueueError } from '../../queue/queue-error.js';
import { Waiting } from '../../queue/waiting.js';
import { OutputError } from '../../files/output-error.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { jsonLine } from '../json-line.js';
import { guardCursor } from '../progress/cursor-guard.js';
import { Screen } from '../progress/screen.js';
import { columnsFor, isStdoutTerminal, isWatched } from '../progress/terminal.js';
import { processIo, type RunIo } from '../run-io.js';
import type { StatusPlan } from './command.js';
import { openQueue } from './open-queue.js';
import { Pace } from './pace.js';
import { statusLines, statusOf, type QueueStatus } from './status-text.js';
import { Stop } from './stop.js';

/** Ms between two looks. */
const pause = 1_000;

/**
 * Shows how a queue stands: on a terminal again and again, until all is done or Ctrl-C; elsewhere once, with
 * `--json-log` as a line of JSON.
 *
 * @returns the exit code
 */
export async function status(plan: StatusPlan, io: RunIo = processIo(plan)): Promise<ExitCode> {
  const queue = await openQueue(plan.queue, true, io);
  const pace = new Pace();
  const look = async (): Promise<QueueStatus> => {
    const [counts, workers] = await Promise.all([queue.counts(), queue.workers()]);
    const sample = { at: io.scheduler.now(), counts, workers };
    return statusOf(plan.queue.called, sample, pace.add(sample));
  };
  try {
    const { json } = plan.talk;
    const isLive = !plan.isOnce && !json && isStdoutTerminal() && isWatched(process.stdout, process.env);
    const last = isLive ? await watched(look, plan, io) : await look();
    const text = json ? jsonLine(last) : statusLines(last, widthOf(), hasColor(plan)).join('\n');
    const output = io.stdout();
    await output.write(Buffer.from(`${text}\n`));
    await output.end();
    return exitCodes.succeeded;
  } catch (error) {
    if (error instanceof OutputError && error.isClosedPipe) return exitCodes.succeeded;
    if (!(error instanceof OutputError || error instanceof QueueError)) throw error;
    io.talk.error(error.message, error);
    return exitCodes.unwritable;
  } finally {
    await queue.close();
  }
}

/** Draws until all is done, or somebody has seen enough. */
async function watched(look: () => Promise<QueueStatus>, plan: StatusPlan, io: RunIo): Promise<QueueStatus> {
  const screen = new Screen(process.stdout);
  const unguard = guardCursor(screen, process);
  const stop = new Stop(io);
  const waiting = new Waiting();
  if (process.stderr.isTTY) io.talk.via((line) => screen.print(line));
  try {
    for (;;) {
      const seen = await look();
      if (seen.done === seen.total || stop.signal.aborted) return seen;
      screen.draw(statusLines(seen, screen.width, hasColor(plan)));
      await waiting.until(pause, stop.signal);
    }
  } finally {
    stop.end();
    screen.close();
    unguard();
    io.talk.via(undefined);
  }
}

function hasColor({ talk: { color } }: StatusPlan): boolean {
  return color && isStdoutTerminal();
}

function widthOf(): number {
  const { columns } = process.stdout;
  return isStdoutTerminal() ? columnsFor({ isTTY: true, columns, write: () => true }) : 200;
}
