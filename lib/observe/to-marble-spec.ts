import type { FetchEvent } from '../model/event.js';
import { checkNames } from '../pipeline/option-names.js';
import { recordedRun } from './recorded-run.js';
import { compare } from './replay/compare.js';
import { drawable } from './replay/drawable.js';
import { checkReplayed, replayedNames, type MarbleSpecOptions } from './replay/options.js';
import { replayOf } from './replay/replay-of.js';
import { specText } from './replay/spec-text.js';

/**
 * Turns a recorded run into a vitest spec that replays it in virtual time, with `marbles` of sluice/testing, and
 * passes: a run that went wrong once, on a server that nobody has at hand, becomes a test that runs in a few ms.
 *
 * ```
 * recorded     s--r--o            s--w....s-----o         s---------- … x
 * route        '------(p|)'       ['---#', '------(p|)']  '-'      the pipeline's own timeout ends it
 * expectation  toBe('------a---b … (C|)', { C: { kind: 'timeout', attempts: 1 } })
 * ```
 *
 * Each attempt becomes a diagram of its outcome and its time in whole ms; the recorded back-offs are waited for in order
 * of failing; the replay's concurrency is the most attempts that were seen at once. Pass the options that the run
 * had, and the replay tests those: with `timeout`, attempts that it ended are drawn as never answering. When
 * each record comes is found by running the same pipeline on a virtual clock, so times may differ from the recorded ones by
 * the ms that a real clock spends between two events; records that come too close to a group for the notation are
 * moved apart. What has become of each input is the same as recorded, or it throws.
 *
 * Not replayed: `project`, interceptors, redirects, bodies, credentials, and what a function decided (`retry.on`,
 * `perHost.key`); the failures they made are drawn as the transport's.
 *
 * @param events what the `events` option was told by one run of up to 26 inputs, from its beginning to its end
 * @returns the text of a spec file, formatted as prettier does with single quotes
 * @throws TypeError for a wrong option
 * @throws Error for a run that is not whole, or whose replay would differ: it names the input and the option to pass
 * @example
 * const events: FetchEvent[] = [];
 * const options = { concurrency: 2, timeout: 1_000 };
 * fetchFrom(['http://localhost/'], { ...options, events: { next: (event) => events.push(event) } }).subscribe({
 *   complete: () => console.log(toMarbleSpec(events, options)),
 * });
 */
export function toMarbleSpec(events: Iterable<FetchEvent>, options: MarbleSpecOptions = {}): string {
  checkNames('toMarbleSpec', options, ['name', 'source', ...replayedNames]);
  const { name = 'replays a recorded run', source = 'fetchFrom', ...replayed } = options;
  checkReplayed(source, name, replayed);
  const run = recordedRun(events);
  const { replay, simulated } = drawable(replayOf(run, { ...replayed, source }));
  compare(run, simulated);
  return specText(run, name, replay, simulated);
}
