import type { ExplainPlan } from './explain-plan.js';
import { marblesWatcher } from './marbles-watcher.js';
import { reportWatcher } from './report-watcher.js';
import type { Watcher } from './watcher.js';

/** One line for each file that may be made of records alone. */
const makers: readonly ((plan: ExplainPlan) => Watcher | undefined)[] = [
  ({ files: { report }, inputs }) =>
    report === undefined ? undefined : reportWatcher(report, `Report of ${inputs.join(', ')}`),
  ({ files: { marbles } }) => (marbles === undefined ? undefined : marblesWatcher(marbles)),
];

/** Those that make the files that a plan asks for. */
export function explainWatchersOf(plan: ExplainPlan): readonly Watcher[] {
  return makers.map((make) => make(plan)).filter((watcher) => watcher !== undefined);
}
