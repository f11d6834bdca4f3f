import { runStatistics } from '../observe/report/run-statistics.js';
import { progressWatcher, type ProgressIo } from './progress-watcher.js';
import { retoldResult } from './retold.js';
import type { RunPlan } from './run-plan.js';
import { summaryWatcher } from './summary-watcher.js';
import type { Talk } from './talk.js';
import type { Watcher } from './watcher.js';

/** Counts a run, shows how it stands, and says at the end what became of it. Undefined when quiet. */
export function followWatcher(
  plan: RunPlan,
  io: ProgressIo & { readonly talk: Pick<Talk, 'info' | 'via' | 'print'> },
): Watcher | undefined {
  if (plan.talk.level === 'quiet') return undefined;
  const statistics = runStatistics({ hosts: 10, slowest: 5 });
  const progress = progressWatcher(statistics, plan, io);
  const summary = summaryWatcher(statistics, plan, io);
  return {
    event(event) {
      statistics.next(event.type === 'settle' ? { ...event, result: retoldResult(event.result) } : event);
      progress?.event?.(event);
    },
    inputs: (count) => progress?.inputs?.(count),
    async end(end) {
      await progress?.end?.(end);
      await summary?.end?.(end);
    },
  };
}
