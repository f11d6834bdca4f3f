import { interval, type SchedulerLike, type Subscription } from 'rxjs';
import { progressLines, progressText } from '../observe/report/progress-text.js';
import type { RunStatistics } from '../observe/report/run-statistics.js';
import { countInputs } from './progress/count-inputs.js';
import type { GuardedProcess } from './progress/cursor-guard.js';
import { liveLines } from './progress/live-lines.js';
import { isStdoutTerminal, isWatched, type TerminalStream } from './progress/terminal.js';
import type { RunPlan } from './run-plan.js';
import type { Talk } from './talk.js';
import type { Watcher } from './watcher.js';

/** What progress is shown with. */
export interface ProgressIo {
  readonly talk: Pick<Talk, 'info' | 'via'>;
  readonly scheduler: SchedulerLike;
  /** @default process.stderr */
  readonly stderr?: TerminalStream;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default process */
  readonly process?: GuardedProcess;
  /** Whether stdout is a terminal. @default whether it is one */
  readonly isStdoutTerminal?: boolean;
  /** Ms between two lines of a log. @default 10,000 */
  readonly repeated?: number;
}

/** Ms between two drawings: at most ten a second. */
const redrawn = 100;
/**
 * Shows how a run stands, from its first event to its end: on a terminal lines that change, elsewhere, or with
 * `--json-log`, a message every 10 s. Nothing when quiet, and nothing when the records themselves go to a terminal.
 */
export function progressWatcher(
  statistics: RunStatistics,
  plan: Pick<RunPlan, 'talk' | 'inputs' | 'files' | 'isSilent'>,
  io: ProgressIo,
): Watcher | undefined {
  const { level, json, color } = plan.talk;
  const { inputs, files, isSilent = false } = plan;
  const { talk, scheduler, stderr = process.stderr, env = process.env, repeated = 10_000 } = io;
  if (level === 'quiet') return undefined;
  const writesStdout = (files.output === undefined && !isSilent) || files.csv === '-';
  if (writesStdout && (io.isStdoutTerminal ?? isStdoutTerminal())) return undefined;

  const counting = new AbortController();
  let total: number | undefined;
  let ticks: Subscription | undefined;
  const view = { showsHosts: level === 'verbose', color };
  const isLive = !json && isWatched(stderr, env);
  const shown = isLive ? liveLines(stderr, talk, io.process ?? process) : undefined;

  const tick = (count: number): void => {
    if (count === 0) void countInputs(inputs, counting.signal).then((known) => (total ??= known));
    const snapshot = statistics.snapshot(scheduler.now());
    if (shown) shown.screen.draw(progressLines(snapshot, { ...view, total, width: shown.screen.width }));
    else if (json) talk.info('progress', { ...logged(snapshot), ...(total !== undefined && { total }) });
    else talk.info(progressText(snapshot, { total }));
  };

  return {
    event() {
      if (ticks) return;
      shown?.start();
      ticks = interval(isLive ? redrawn : repeated, scheduler).subscribe(tick);
    },
    inputs(count) {
      total = count;
    },
    end() {
      counting.abort();
      ticks?.unsubscribe();
      shown?.end();
    },
  };
}

/** What a log has of a snapshot: its numbers. */
function logged(snapshot: ReturnType<RunStatistics['snapshot']>): Record<string, unknown> {
  const { elapsed, pulled, settled, succeeded, failed, inFlight, waiting, requests, failures } = snapshot;
  const { bytes, wireBytes, now, durations } = snapshot;
  const byKind = Object.fromEntries(failures.map(({ kind, count }) => [kind, count]));
  const counts = { elapsed, pulled, settled, succeeded, failed, inFlight, waiting, requests, byKind };
  return { ...counts, bytes, wireBytes, now, durations };
}
