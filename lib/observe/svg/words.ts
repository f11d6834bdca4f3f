import { shownRequest } from '../lane-label.js';
import { shortened } from '../printable.js';
import { inputCount, tally } from '../record-marks.js';
import { lastAt, type Lane, type RecordedRun } from '../recorded-run.js';

/** Characters of a URL for those who listen to it. */
const longestSpoken = 200;

/** What became of an input, in a few words: `200`, `timeout`, `http 503, 3 attempts`. */
export function outcomeWords({ steps, result }: Lane): string {
  if (!result) return 'unfinished';
  const attempts = result.attempts > 1 ? `, ${result.attempts} attempts` : '';
  if (!result.ok) {
    const { kind, status } = result.error;
    return (status === undefined ? kind : `${kind} ${status}`) + attempts;
  }
  const response = steps.findLast(({ event }) => event.type === 'response')?.event;
  return (response?.type === 'response' ? String(response.status) : 'ok') + attempts;
}

/** What became of an input, for those who do not see the picture. */
export function laneSentence(lane: Lane): string {
  const took = Math.round(lastAt(lane) - (lane.steps[0]?.at ?? 0));
  const asked = shortened(shownRequest(lane), longestSpoken);
  return `Input ${lane.index}, ${asked}: ${outcomeWords(lane)}, ${took} ms.`;
}

/** `9 inputs in 823 ms: 6 fetched, 3 failed`. @param inputs of the whole run, if they are more */
export function runSentence(run: RecordedRun, inputs: number): string {
  return `${inputCount(run, inputs)} in ${Math.round(run.duration)} ms: ${tallyWords(run.lanes)}`;
}

/** `6 fetched, 3 failed`. */
export function tallyWords(lanes: readonly Lane[]): string {
  return tally(lanes).replace(/ o\b/, ' fetched').replace(/ x\b/, ' failed');
}
