import { methodOf, type FetchRequest } from '../../model/request.js';
import { parseTarget, quote } from '../../model/target.js';
import type { RetryPolicy } from '../../pipeline/retry.js';
import { settingsOf } from '../../pipeline/settings.js';
import { shownRequest } from '../lane-label.js';
import { lastAt, type Lane, type RecordedRun } from '../recorded-run.js';
import { attemptsOf, mostAtOnce, type RecordedAttempt } from './attempts.js';
import { Letters } from './letters.js';
import type { MarbleSpecOptions, ReplayedOptions } from './options.js';
import type { Answer, Replay, ReplayInput } from './replay.js';

/** A timer on a real clock may fire so many ms early. */
const earliness = 2;

/**
 * What a test needs to make a run happen again.
 * @throws Error for a run that no test can be made of, in a sentence that says why
 */
export function replayOf(run: RecordedRun, { name: _, source, ...given }: MarbleSpecOptions): Replay {
  checkRun(run);
  const inputs = run.lanes.map(inputOf);
  const attempts = run.lanes.flatMap(attemptsOf).sort((a, b) => a.order - b.order);
  const options = optionsOf(given, attempts);
  const { timeout } = settingsOf(options);

  const letters = new Letters();
  const routes = new Map<string, Answer[]>();
  for (const attempt of attempts) {
    const input = inputs[attempt.lane.index];
    if (!input) continue;
    const limits = { ...timeout, attempt: input.timeout ?? timeout.attempt };
    const route = routes.get(input.url) ?? [];
    routes.set(input.url, [...route, answerOf(attempt, limits, letters)]);
  }
  return {
    inputs,
    arrivals:
      source === 'fetchEach' ? run.lanes.map((lane) => Math.round(lane.steps[0]?.at ?? 0)) : undefined,
    routes,
    letters: letters.meanings,
    waits: waitsOf(run),
    abortAt: abortOf(run),
    options,
  };
}

function checkRun({ lanes }: RecordedRun): void {
  if (lanes.length === 0) throw new Error('toMarbleSpec: there are no events: no input was pulled');
  if (lanes.some(({ pipeline }) => pipeline > 1)) {
    throw new Error(
      'toMarbleSpec: the events are of more than one run: give each pipeline, and each subscription, an observer of its own',
    );
  }
  if (lanes.length > 26) {
    throw new Error(
      `toMarbleSpec: a letter stands for each input, so 26 is the most; got ${lanes.length}: record a run of fewer`,
    );
  }
  lanes.forEach((lane, place) => {
    if (lane.index !== place || lane.steps[0]?.event.type !== 'pull') {
      throw new Error(
        `toMarbleSpec: the events say nothing of the pull of input ${Math.min(place, lane.index)}: record a run from its beginning`,
      );
    }
    if (lane.result) return;
    throw new Error(
      `toMarbleSpec: input ${lane.index} (${shownRequest(lane)}) has no record: record a run to its end`,
    );
  });
}

/** Without credentials, headers and body: a drawn transport does not look at them. */
function inputOf({ request }: Lane): ReplayInput {
  const { url, method, timeout } = request as FetchRequest; // its pull told of it
  return {
    url: urlOf(url),
    ...(method !== undefined && methodOf({ method }) !== 'GET' && { method }),
    ...(timeout !== undefined && { timeout }),
  };
}

function urlOf(url: string | URL): string {
  try {
    return parseTarget(url).href;
  } catch {
    return JSON.parse(quote(String(url))) as string; // it is no URL in the replay either
  }
}

/** The caller's, and where they say nothing what was recorded. */
function optionsOf(given: ReplayedOptions, attempts: readonly RecordedAttempt[]): Replay['options'] {
  const longest = Math.max(0, ...attempts.map(({ startedAt, endedAt }) => endedAt - startedAt));
  const repeats = Math.max(0, ...attempts.map(({ lane }) => attemptsOf(lane).length)) - 1;
  return {
    concurrency: mostAtOnce(attempts),
    ...(longest >= settingsOf({}).timeout.attempt && { timeout: Infinity }),
    retry: repeats > 0 ? repeats : false,
    ...given,
  };
}

function answerOf(
  { lane, startedAt, endedAt, error }: RecordedAttempt,
  limits: { readonly attempt: number; readonly total: number },
  letters: Letters,
): Answer {
  const after = Math.max(0, Math.round(endedAt - startedAt));
  const most = Math.max(0, Math.ceil(limits.attempt) - 1);
  const { index } = lane;
  if (after > limits.attempt * 2 && after > limits.attempt + 20) {
    throw new Error(
      `toMarbleSpec: an attempt at input ${index} (${shownRequest(lane)}) took ${after} ms, and \`timeout\` (${limits.attempt} ms) would have ended it: pass the \`timeout\` that the run had`,
    );
  }
  if (!error) return { index, after: Math.min(after, most), most, letter: 'p' };
  const isOwn =
    error.kind === 'timeout' &&
    error.code === undefined &&
    (after >= limits.attempt - earliness || (error.phase === 'total' && limits.total < Infinity));
  if (isOwn || error.kind === 'cancelled') return { index, after, most, letter: '-' };
  return { index, after: Math.min(after, most), most, letter: letters.of(error) };
}

function waitsOf({ lanes }: RecordedRun): readonly number[] {
  return lanes
    .flatMap(({ steps }) => steps)
    .sort((a, b) => a.order - b.order)
    .flatMap(({ event }) => (event.type === 'wait' ? [Math.max(0, Math.ceil(event.until - event.at))] : []));
}

/** A signal cancels everything at once; what has its record in that ms has it before. */
function abortOf({ lanes }: RecordedRun): number | undefined {
  const isCut = ({ result }: Lane): boolean => result?.ok === false && result.error.kind === 'cancelled';
  const cut = lanes.filter(isCut).map(lastAt);
  if (cut.length === 0) return undefined;
  const at = Math.round(Math.min(...cut));
  return lanes.some((lane) => !isCut(lane) && Math.round(lastAt(lane)) >= at) ? at + 1 : at;
}

/** What the test's back-off returns: the recorded waits in turn. */
export function backoffOf(waits: readonly number[]): RetryPolicy['backoff'] {
  let next = 0;
  return () => waits[next++] ?? 0;
}
