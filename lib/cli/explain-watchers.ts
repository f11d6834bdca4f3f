import type { ExplainPlan } from './explain-plan.js';
import type { RunIo } from './run-io.js';
import { outputOf } from './output/output-of.js';
import type { Watcher } from './watcher.js';

type Maybe<T> = T | undefined;
type MakeWatcher = (plan: ExplainPlan, io: Pick<RunIo, 'scheduler' | 'stdout'>) => Promise<Maybe<Watcher>>;

/** Who adds to a file that could not be written hears of it then. */
const heardLater = (): void => undefined;

/** One line for each file that is made of records alone. */
const makers: readonly MakeWatcher[] = [
  async ({ files: { csv } }, io) =>
    csv === undefined
      ? undefined
      : (await import('./csv.js')).csvWatcher(outputOf(csv, io.stdout), io.scheduler, heardLater),
  async ({ files: { report }, inputs }) =>
    report === undefined
      ? undefined
      : (await import('./report-watcher.js')).reportWatcher(report, `Report of ${inputs.join(', ')}`),
  async ({ files: { marbles } }) =>
    marbles === undefined ? undefined : (await import('./marbles-watcher.js')).marblesWatcher(marbles),
];

/** Those that make the files that a plan asks for. */
export async function explainWatchersOf(
  plan: ExplainPlan,
  io: Pick<RunIo, 'scheduler' | 'stdout'>,
): Promise<readonly Watcher[]> {
  const watchers: Watcher[] = [];
  for (const make of makers) {
    const watcher = await make(plan, io);
    if (watcher) watchers.push(watcher);
  }
  return watchers;
}
