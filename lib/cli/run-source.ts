import type { Observable } from 'rxjs';
import { fetchFrom } from '../creators/fetch-from.js';
import type { FetchResult } from '../model/result.js';
import type { FetchOptions } from '../pipeline/options.js';
import { Inputs } from './input/inputs.js';
import { openInput } from './input/open-input.js';
import type { RunIo } from './run-io.js';
import type { RunPlan } from './run-plan.js';
import type { RunState } from './state/run-state.js';

/** Where the records of a run come from. */
export interface RunSource {
  /** What becomes of inputs that are cut off, as the end of a sentence. */
  readonly whenCut: string;
  /** Nothing is left. */
  readonly isAtEnd: boolean;
  results(options: FetchOptions<unknown>): Observable<FetchResult<unknown>>;
}

/**
 * The URLs of the command line and of its files.
 *
 * @param ended is called when nothing is left
 * @param state knows which of them have their record
 */
export function inputSource(
  { inputs: given, request }: RunPlan,
  { stdin }: Pick<RunIo, 'stdin'>,
  ended: () => void,
  state?: RunState,
): RunSource {
  const inputs = new Inputs(given, request, (file) => openInput(file, stdin), ended);
  return {
    whenCut: 'get a record of kind cancelled',
    get isAtEnd() {
      return inputs.isAtEnd;
    },
    results: (options) => fetchFrom<unknown>(state ? state.pending(inputs) : inputs, options),
  };
}
