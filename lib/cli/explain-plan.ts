import type { RunPlan } from './run-plan.js';

/** What `sluice explain` is asked for. */
export interface ExplainPlan {
  /** Files of records, one a line; `-` is stdin. */
  readonly inputs: readonly string[];
  /** Files that are written; undefined: not that one. */
  readonly files: Pick<RunPlan['files'], 'csv' | 'report' | 'marbles'>;
  readonly talk: RunPlan['talk'];
}
