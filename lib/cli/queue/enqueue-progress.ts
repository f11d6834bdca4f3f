import { interval } from 'rxjs';
import { grouped, rateText } from '../../observe/report/figures.js';
import { countInputs } from '../progress/count-inputs.js';
import { liveLines } from '../progress/live-lines.js';
import { isWatched } from '../progress/terminal.js';
import type { RunIo } from '../run-io.js';
import type { EnqueuePlan } from './command.js';

/** Ms between two drawings on a terminal, and between two lines of a log. */
const pauses = { redrawn: 100, repeated: 10_000 } as const;

/** Says how many inputs were read so far. */
export interface EnqueueProgress {
  /** One more was read. */
  read(): void;
  /** Says nothing any more. */
  end(): void;
}

/** A line that changes on a terminal, elsewhere a message every 10 s. Nothing when quiet. */
export function enqueueProgress(
  { inputs, talk: { level, json } }: EnqueuePlan,
  { talk, scheduler }: Pick<RunIo, 'talk' | 'scheduler'>,
): EnqueueProgress {
  let count = 0;
  if (level === 'quiet') return { read: () => undefined, end: () => undefined };
  let total: number | undefined;
  const counting = new AbortController();
  void countInputs(inputs, counting.signal).then((known) => (total = known));
  const begunAt = scheduler.now();
  const isLive = !json && isWatched(process.stderr, process.env);
  const live = isLive ? liveLines(process.stderr, talk, process) : undefined;
  live?.start();
  const ticks = interval(isLive ? pauses.redrawn : pauses.repeated, scheduler).subscribe(() => {
    const rate = count / Math.max(0.001, (scheduler.now() - begunAt) / 1_000);
    const known = total === undefined ? grouped(count) : `${grouped(count)}/${grouped(total)}`;
    const text = `${known} read, ${rateText(rate)}/s`;
    if (live) live.screen.draw([text.slice(0, live.screen.width)]);
    else talk.info(text, { read: count, ...(total !== undefined && { total }) });
  });
  return {
    read() {
      count++;
    },
    end() {
      counting.abort();
      ticks.unsubscribe();
      live?.end();
    },
  };
}
