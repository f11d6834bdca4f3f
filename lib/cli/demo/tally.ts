import type { FetchEvent } from '../../model/event.js';

/** How a run stands. */
export interface Tally {
  /** Attempts started. */
  readonly requests: number;
  readonly settled: number;
  readonly failed: number;
  /** Which inputs have an attempt under way. */
  readonly inFlight: ReadonlySet<number>;
  /** Which inputs wait for their next attempt. */
  readonly waiting: ReadonlySet<number>;
}

const nobody: ReadonlySet<number> = new Set();
/** Before the first event. */
export const noEvents: Tally = { requests: 0, settled: 0, failed: 0, inFlight: nobody, waiting: nobody };

/** The tally after one more event. */
export function count(tally: Tally, event: FetchEvent): Tally {
  const { requests, settled, failed, inFlight, waiting } = tally;
  const { index } = event;
  switch (event.type) {
    case 'start':
      return {
        ...tally,
        requests: requests + 1,
        inFlight: plus(inFlight, index),
        waiting: minus(waiting, index),
      };
    case 'wait':
      return { ...tally, inFlight: minus(inFlight, index), waiting: plus(waiting, index) };
    case 'settle':
      return {
        requests,
        settled: settled + 1,
        failed: failed + (event.result.ok ? 0 : 1),
        inFlight: minus(inFlight, index),
        waiting: minus(waiting, index),
      };
    case 'pull':
    case 'response':
      return tally;
  }
}

function plus(set: ReadonlySet<number>, index: number): ReadonlySet<number> {
  return new Set([...set, index]);
}

function minus(set: ReadonlySet<number>, index: number): ReadonlySet<number> {
  return set.has(index) ? new Set([...set].filter((other) => other !== index)) : set;
}
