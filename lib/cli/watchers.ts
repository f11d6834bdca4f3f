import { followWatcher } from './follow-watcher.js';
import { outputOf } from './output/output-of.js';
import { recordsWatcher } from './records-watcher.js';
import type { RunIo } from './run-io.js';
import type { RunPlan } from './run-plan.js';
import { verboseWatcher } from './verbose-watcher.js';
import { aboutPackage } from './version.js';
import type { Watcher } from './watcher.js';

/** What a watcher may be made of besides the plan. */
export interface WatcherIo extends RunIo {
  /** Ends the run now, as throwing at the next record would: for what breaks between two of them. */
  readonly fail: (error: unknown) => void;
}

type Maybe<T> = T | undefined;
type MakeWatcher = (plan: RunPlan, io: WatcherIo) => Maybe<Watcher> | Promise<Maybe<Watcher>>;

/**
 * One line for each that there is, in the order in which they are told: what writes comes before what sums up. A file is
 * opened when all watchers are made: when one cannot be, nothing has to be undone.
 * What few runs ask for is loaded when one does.
 */
const makers: readonly MakeWatcher[] = [
  ({ files: { output }, isSilent = false }, io) =>
    isSilent && output === undefined
      ? undefined
      : recordsWatcher(outputOf(output ?? '-', io.stdout), io.scheduler, io.fail),
  async ({ files: { csv } }, io) =>
    csv === undefined
      ? undefined
      : (await import('./csv.js')).csvWatcher(outputOf(csv, io.stdout), io.scheduler, io.fail),
  async ({ files: { warc } }) =>
    warc === undefined
      ? undefined
      : (await import('./warc.js')).warcWatcher(warc, `sluice/${aboutPackage().version}`),
  async ({ files: { report } }) =>
    report === undefined
      ? undefined
      : (await import('./report-watcher.js')).reportWatcher(report, 'Report of a run'),
  async ({ files: { marbles } }) =>
    marbles === undefined ? undefined : (await import('./marbles-watcher.js')).marblesWatcher(marbles),
  (plan, io) => followWatcher(plan, io),
  ({ talk: { level } }, { talk }) => (level === 'verbose' ? verboseWatcher(talk) : undefined),
];

/** Those that a plan asks for. */
export async function watchersOf(plan: RunPlan, io: WatcherIo): Promise<readonly Watcher[]> {
  const watchers: Watcher[] = [];
  for (const make of makers) {
    const watcher = await make(plan, io);
    if (watcher) watchers.push(watcher);
  }
  return watchers;
}
