import type { RunStatistics } from '../observe/report/run-statistics.js';
import { summaryText } from '../observe/report/summary-text.js';
import { commandName } from './progress/option-names.js';
import { columnsFor, type TerminalStream } from './progress/terminal.js';
import type { RunPlan } from './run-plan.js';
import type { Talk } from './talk.js';
import type { Watcher } from './watcher.js';

/** Says at the end what became of a run; with `--json-log` as one message. Nothing when quiet. */
export function summaryWatcher(
  statistics: RunStatistics,
  { talk: { level, json, color } }: Pick<RunPlan, 'talk'>,
  {
    talk,
    stderr = process.stderr,
  }: { readonly talk: Pick<Talk, 'info' | 'print'>; readonly stderr?: TerminalStream },
): Watcher | undefined {
  if (level === 'quiet') return undefined;
  return {
    end() {
      const snapshot = statistics.snapshot();
      if (json) {
        talk.info('summary', { ...snapshot });
        return;
      }
      const text = summaryText(snapshot, { width: columnsFor(stderr), color, nameOf: commandName });
      talk.print(`${text}\n`);
    },
  };
}
