import type { RunStatistics } from '../observe/report/run-statistics.js';
import { summaryText } from '../observe/report/summary-text.js';
import { commandAdvice } from './advice.js';
import { countInputs } from './progress/count-inputs.js';
import { commandName } from './progress/option-names.js';
import { columnsFor, type TerminalStream } from './progress/terminal.js';
import type { RunPlan } from './run-plan.js';
import type { Talk } from './talk.js';
import type { Watcher } from './watcher.js';

/** So many ms somebody who stopped a run waits to hear what is left: a longer input is not counted. */
const patience = 500;

/** Says at the end what became of a run; with `--json-log` as one message. Nothing when quiet. */
export function summaryWatcher(
  statistics: RunStatistics,
  { talk: { level, json, color }, inputs }: Pick<RunPlan, 'talk' | 'inputs'>,
  {
    talk,
    stderr = process.stderr,
  }: { readonly talk: Pick<Talk, 'info' | 'print'>; readonly stderr?: TerminalStream },
): Watcher | undefined {
  if (level === 'quiet') return undefined;
  return {
    async end({ isCut }) {
      const snapshot = statistics.snapshot();
      const total = isCut ? await countInputs(inputs, AbortSignal.timeout(patience)) : undefined;
      if (json) {
        talk.info('summary', { ...snapshot, ...(total !== undefined && { total }) });
        return;
      }
      const text = summaryText(snapshot, {
        width: columnsFor(stderr),
        color,
        nameOf: commandName,
        adviceOf: commandAdvice,
        total,
      });
      talk.print(`${text}\n`);
    },
  };
}
