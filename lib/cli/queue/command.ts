import type { AllGiven } from '../options/given.js';
import type { Values } from '../options/table.js';
import { planOf, requestOf } from '../plan.js';
import type { RunPlan } from '../run-plan.js';
import type { Surroundings } from '../surroundings.js';
import { quoted, UsageError } from '../usage-error.js';
import type { QueueVerb } from '../verbs.js';
import { defaultHeaders } from './default-headers.js';
import { queuePlanOf, type QueuePlan } from './queue-plan.js';

/** What every verb of a queue knows. */
interface QueueCommandBase {
  readonly queue: QueuePlan;
  readonly talk: RunPlan['talk'];
}

/** `sluice enqueue` */
export interface EnqueuePlan extends QueueCommandBase, Pick<RunPlan, 'inputs' | 'request'> {}

/** `sluice work` */
export interface WorkPlan extends QueueCommandBase {
  readonly run: RunPlan;
  /** Waits for more inputs when all have their record. */
  readonly isFollowing: boolean;
}

/** `sluice status` */
export interface StatusPlan extends QueueCommandBase {
  /** Shown once, also on a terminal. */
  readonly isOnce: boolean;
}

/** `sluice collect` */
export interface CollectPlan extends QueueCommandBase, Pick<RunPlan, 'body' | 'files'> {
  readonly order: 'index' | 'settled';
  /** Waits for the records that are still to come. */
  readonly isFollowing: boolean;
}

/** `sluice purge` */
export interface PurgePlan extends QueueCommandBase {
  /** Nobody is asked. */
  readonly isSure: boolean;
}

/** What a command line of one of these verbs means. */
export type QueueCommand =
  | { readonly verb: 'enqueue'; readonly plan: EnqueuePlan }
  | { readonly verb: 'work'; readonly plan: WorkPlan }
  | { readonly verb: 'status'; readonly plan: StatusPlan }
  | { readonly verb: 'collect'; readonly plan: CollectPlan }
  | { readonly verb: 'purge'; readonly plan: PurgePlan };

/** What a command is made of. */
export interface QueueWish {
  readonly urls: readonly string[];
  readonly given: AllGiven;
  readonly values: Values;
  readonly talk: RunPlan['talk'];
}

/** @throws UsageError */
export async function queueCommandOf(
  verb: QueueVerb,
  wish: QueueWish,
  around: Surroundings,
): Promise<QueueCommand> {
  const { urls, given, values, talk } = wish;
  const [stray] = urls;
  if (verb !== 'enqueue' && stray !== undefined) {
    throw new UsageError(
      `sluice ${verb} takes no URLs, got ${quoted(stray)}: they go into the queue by sluice enqueue`,
    );
  }
  const queue = queuePlanOf(verb, given, values, around);
  switch (verb) {
    case 'enqueue': {
      const { input = [] } = values;
      const files = urls.length === 0 && input.length === 0 ? ['-'] : input;
      const request = requestOf(given, values, around, {}); // who asks is up to the worker
      return { verb, plan: { queue, talk, inputs: { urls, files }, request } };
    }
    case 'work': {
      const run = workOf(await planOf(wish, around), values);
      return { verb, plan: { queue, talk, run, isFollowing: values.follow === true } };
    }
    case 'status':
      return { verb, plan: { queue, talk, isOnce: values.once === true } };
    case 'collect': {
      const { files, body } = await planOf(wish, around);
      const { order = 'index', follow: isFollowing = false } = values;
      return { verb, plan: { queue, talk, files, body, order, isFollowing } };
    }
    case 'purge':
      return { verb, plan: { queue, talk, isSure: values.yes === true } };
  }
}

/** A run whose inputs come from elsewhere, with their own headers before those of the command line. */
function workOf(plan: RunPlan, { output }: Values): RunPlan {
  const { headers = {} } = plan.request;
  const { interceptors = [] } = plan.fetch;
  return {
    ...plan,
    inputs: { urls: [], files: [], areQueued: true },
    isSilent: output === undefined,
    request: {},
    fetch: { ...plan.fetch, interceptors: [defaultHeaders(headers), ...interceptors] },
  };
}
