import type { FetchResult } from '../../model/result.js';
import { shownRequest } from '../lane-label.js';
import { shortened } from '../printable.js';
import type { Lane, RecordedRun } from '../recorded-run.js';
import type { Simulated } from './simulate.js';

/** @throws Error that says at which input the replay differs from what was recorded, and what to pass */
export function compare({ lanes }: RecordedRun, { records }: Simulated): void {
  for (const lane of lanes) {
    const replayed = records.find(({ result }) => result.index === lane.index)?.result;
    const [wanted, got] = [outcome(lane.result), outcome(replayed)];
    if (wanted === got) continue;
    throw new Error(
      `toMarbleSpec: input ${lane.index} (${shortened(shownRequest(lane), 200)}) was recorded as ${wanted}, and replayed as ${got}. ${advice(lane, replayed)}`,
    );
  }
}

function outcome(result: FetchResult<unknown> | undefined): string {
  if (!result) return 'nothing';
  const attempts = result.attempts === 1 ? 'after 1 attempt' : `after ${result.attempts} attempts`;
  if (result.ok) return `a success ${attempts}`;
  const { kind, status } = result.error;
  return `a failure of kind ${kind}${status === undefined ? '' : `, status ${status},`} ${attempts}`;
}

/** Which option of the run is likely to make the difference. */
function advice({ result }: Lane, replayed: FetchResult | undefined): string {
  const kinds = [result, replayed].map((one) => (one?.ok === false ? one.error.kind : undefined));
  if (kinds.includes('circuit-open')) return 'Pass the `circuit` option that the run had.';
  if (kinds.includes('overflow'))
    return "Pass `source: 'fetchEach'` and the `maxQueued` and `overflow` that the run had.";
  const repeats =
    'Pass the `retry` option that the run had: its `limit`, `budget` and `maxRetryAfter`; what `retry.on` decided cannot be replayed.';
  const [recorded, again] = [result?.attempts ?? 0, replayed?.attempts ?? 0];
  if (again > recorded || (again !== recorded && kinds[0] === kinds[1])) return repeats;
  if (kinds.includes('timeout')) return 'Pass the `timeout` option that the run had, and its `concurrency`.';
  if (again !== recorded) return repeats;
  return 'Pass the options that the run had: `concurrency`, `perHost`, `rate`, `timeout`, `retry`.';
}
