import type { FetchResult } from 'sluice';
import { listenersOf } from '../support/leaks.js';
import type { Feed } from './feed.js';
import { foretell } from './foretell.js';
import { inputKind } from './inputs.js';
import type { Deed, Scenario } from './scenario.js';
import type { StartingPoint } from './starting-points.js';

export type Ended = 'completed' | 'failed' | 'left';

/** What can be said of a run when it is over. */
export interface Observed {
  readonly scenario: Scenario;
  readonly start: StartingPoint;
  readonly feed: Feed;
  readonly records: readonly FetchResult<unknown>[];
  readonly end: Ended | undefined;
  readonly error: unknown;
  /** What ended it from outside, and when. */
  readonly stopped: { readonly by: Deed; readonly at: number } | undefined;
  /** When the pipeline was over; operators behind it may go on. */
  readonly pipelineEndedAt: number | undefined;
  /** Inputs that were handed over before it was stopped. */
  readonly handedInTime: number;
  readonly pullEvents: number;
  readonly inFlight: number;
  readonly signals: readonly AbortSignal[];
  /** Somebody is subscribed to the Observable of the concurrency. */
  readonly isFollowed: boolean;
}

/** Every law that the run has broken, in words. */
export function breachesOf(run: Observed): string[] {
  return [...atTheEnd(run), ...inTheRecords(run), ...afterTheEnd(run)];
}

/** It ends, in the way that it should, and at once when it is stopped. */
function* atTheEnd({
  scenario,
  start,
  feed,
  end,
  error,
  stopped,
  pipelineEndedAt,
}: Observed): Generator<string> {
  const staysOpen = scenario.ending === 'stays open' && !(start.synchronous && start.pulls);
  const mayWait = staysOpen && start.pulls && stopped?.by === 'drain'; // for what the iterator was asked for
  if (!end && !mayWait && (stopped ?? !staysOpen)) yield 'it never ended';
  if (end === 'failed' && error !== feed.error) yield `it failed with ${String(error)}`;
  const broke = feed.ended && scenario.ending === 'throws';
  if (broke && !stopped && end !== 'failed') yield `the source broke, yet it ${String(end)}`;
  const endedAt = pipelineEndedAt ?? Infinity;
  if (stopped && stopped.by !== 'drain' && !start.loops && endedAt > stopped.at) {
    yield `stopped at ${stopped.at}, it ended at ${endedAt}`;
  }
}

/** One record for each input that was pulled, each index once. */
function* inTheRecords(run: Observed): Generator<string> {
  const { scenario, start, feed, records, end, stopped } = run;
  const indices = records.map(({ index }) => index);
  if (new Set(indices).size < indices.length) yield `an index came twice: ${indices.join()}`;
  if (indices.some((index) => !(index in feed.given))) yield `an index of no input: ${indices.join()}`;
  if (scenario.passages.at(-1)?.startsWith('inOrder') && indices.some((index, place) => index !== place)) {
    yield `out of order: ${indices.join()}`;
  }
  for (const record of records) {
    const kind = String(scenario.inputs[record.index]);
    for (const breach of inOneRecord(run, record)) yield `record ${record.index} (${kind}): ${breach}`;
  }
  if (!end || end === 'left') return;
  const planned = typeof scenario.plan?.when === 'object' ? scenario.plan.when.point : undefined;
  // what an async source gives, or one that is stopped while it is read, may come too late
  const late = stopped && (!start.synchronous || planned === 'read') ? 1 : 0;
  if (records.length > feed.given.length || records.length < run.handedInTime - late) {
    yield `${records.length} records of ${run.handedInTime} inputs`;
  }
  if (scenario.events !== 'absent' && records.length !== run.pullEvents) {
    yield `${records.length} records of ${run.pullEvents} pulled inputs`;
  }
}

/** It is of its input, and says what became of it. */
function* inOneRecord(
  { scenario, feed, stopped }: Observed,
  record: FetchResult<unknown>,
): Generator<string> {
  const { index, request, attempts, waited, duration } = record;
  const kind = scenario.inputs[index];
  if (kind && inputKind(kind).valid === true) {
    const given = feed.given[index];
    const isRequest = typeof given === 'object' && !(given instanceof URL);
    if (isRequest ? request !== given : request.url !== String(given)) yield 'the request is another';
  }
  if (attempts > scenario.retries + 1) yield `${attempts} attempts`;
  if (!(waited >= 0 && duration >= 0)) yield `waited ${waited}, took ${duration}`;
  const error: unknown = record.ok ? undefined : record.error;
  if (!record.ok && !(error instanceof Error)) yield 'its error is none';

  const foretold = stopped ? undefined : foretell(scenario, index);
  if (!foretold) return;
  if (record.ok !== foretold.ok) yield record.ok ? 'a success' : `a failure: ${record.error.message}`;
  else if (!record.ok && foretold.kind && record.error.kind !== foretold.kind) {
    yield `${record.error.kind} instead of ${foretold.kind}: ${record.error.message}`;
  }
  if (attempts !== foretold.attempts) yield `${attempts} attempts instead of ${foretold.attempts}`;
}

/** Nothing is left: no attempt, no listener, no inputs that nobody said goodbye to. */
function* afterTheEnd(run: Observed): Generator<string> {
  const { scenario, start, feed, stopped, inFlight } = run;
  if (!run.end) return;
  if (inFlight !== 0) yield `${inFlight} still in flight after the end`;
  if (run.signals.some((signal) => listenersOf(signal) > 0)) yield 'somebody still listens to a signal';
  if (run.isFollowed) yield 'somebody still follows the concurrency';
  if (feed.opened > 1) yield `opened ${feed.opened} times`;
  const silent = scenario.farewell === 'is absent' && start.pulls;
  const suspended = scenario.ending === 'stays open' && !start.synchronous; // cannot say that it was let go of
  if (silent || suspended) return;
  const wanted = farewells(feed, stopped !== undefined && !start.synchronous);
  if (!wanted.includes(feed.leftEarly)) {
    yield `let go of ${feed.leftEarly} times instead of ${wanted.join(' or ')}`;
  }
}

/** How often inputs are to be let go of. An async source that is stopped while it is asked may end all the same. */
function farewells(feed: Feed, mayHaveBeenAsked: boolean): readonly number[] {
  if (feed.opened === 0) return [0];
  if (!feed.ended) return [1];
  return mayHaveBeenAsked ? [0, 1] : [0];
}
