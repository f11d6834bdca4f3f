import { mergeMap, NEVER, Observable, of, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import type { Page } from '../../model/page.js';
import type { FetchInput } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import type { FetchOptions, QueueBound } from '../../pipeline/options.js';
import type { Job } from '../../pipeline/job.js';
import { pulledSource } from '../../pipeline/pulled-source.js';
import { pushedSource } from '../../pipeline/pushed-source.js';
import { pipeline } from '../../pipeline/run.js';
import { settingsOf } from '../../pipeline/settings.js';
import type { OpenSource } from '../../pipeline/source.js';
import { failure } from '../../testing/records.js';
import { page } from '../../testing/pages.js';
import type { Transport } from '../../transports/transport.js';
import { backoffOf } from './replay-of.js';
import type { Replay } from './replay.js';

/** What came out of a replay: records and when, by frame, and the end. */
export interface Simulated {
  readonly records: readonly { readonly frame: number; readonly result: FetchResult }[];
  /** Undefined: it did not complete. */
  readonly end: number | undefined;
}

/** Runs the pipeline as the test will, on a clock of its own: a test's virtual time around it is not disturbed. */
export function simulate(replay: Replay): Simulated {
  const scheduler = new VirtualTimeScheduler();
  const records: { frame: number; result: FetchResult }[] = [];
  let end: number | undefined;
  const options = { ...replayOptions(replay), transport: transportOf(replay, scheduler), scheduler };
  const signal = abortSignal(replay.abortAt, scheduler);
  const settings = settingsOf(signal ? { ...options, signal } : options);
  const source: OpenSource<FetchInput, Job> = replay.arrivals
    ? pushedSource(arriving(replay, scheduler), replay.options)
    : pulledSource('toMarbleSpec', replay.inputs);
  scheduler.schedule(() => {
    pipeline(settings, source).subscribe({
      next: (result) => records.push({ frame: scheduler.frame, result }),
      complete: () => (end = scheduler.frame),
    });
  });
  scheduler.flush();
  return { records, end };
}

/** The test's options, as far as they are values. */
export function replayOptions({ options, waits }: Replay): FetchOptions & QueueBound {
  if (waits.length === 0) return options;
  const { retry } = options;
  const parts =
    typeof retry === 'object' ? retry : retry === undefined ? {} : { limit: retry === false ? 0 : retry };
  return { ...options, retry: { ...parts, backoff: backoffOf(waits) } };
}

/** Answers as the routes do: at each URL one after the other. */
function transportOf({ routes, letters }: Replay, scheduler: VirtualTimeScheduler): Transport {
  const asked = new Map<string, number>();
  const meaningOf = (url: string, letter: string): Page | Error => {
    const status = { p: 200, 3: 304, 4: 404, 5: 503 }[letter];
    if (status !== undefined) return page(url, { status });
    return letters.get(letter)?.value ?? failure('network').error;
  };
  return ({ url }) => {
    const at = String(url);
    const attempt = asked.get(at) ?? 0;
    asked.set(at, attempt + 1);
    const answers = routes.get(at) ?? [];
    // as a test has it: a route of one diagram is for every attempt
    const answer = answers.length === 1 ? answers[0] : answers[attempt];
    if (!answer) return throwError(() => new Error(`attempt ${attempt + 1} at ${at} was not recorded`));
    if (answer.letter === '-') return NEVER;
    return timer(answer.after, scheduler).pipe(
      mergeMap(() => {
        const met = meaningOf(at, answer.letter);
        return met instanceof Error ? throwError(() => met) : of(met);
      }),
    );
  };
}

/** The inputs when they come; it completes with the last. */
function arriving(
  { inputs, arrivals = [] }: Replay,
  scheduler: VirtualTimeScheduler,
): Observable<FetchInput> {
  return new Observable((subscriber) => {
    inputs.forEach((input, index) => {
      subscriber.add(
        scheduler.schedule(() => {
          subscriber.next(input);
          if (index === inputs.length - 1) subscriber.complete();
        }, arrivals[index]),
      );
    });
  });
}

function abortSignal(at: number | undefined, scheduler: VirtualTimeScheduler): AbortSignal | undefined {
  if (at === undefined) return undefined;
  const controller = new AbortController();
  if (at === 0) controller.abort();
  scheduler.schedule(() => {
    controller.abort();
  }, at);
  return controller.signal;
}
