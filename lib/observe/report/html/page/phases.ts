import type { Sample } from '../report-data.js';

/** What an input did at a time. `request` is connecting and waiting for headers, where the two cannot be told apart. */
export type PhaseName = 'queue' | 'connect' | 'headers' | 'request' | 'body' | 'wait';

/** A stretch of a record's time; ms since its pull. */
export interface PhaseStretch {
  readonly name: PhaseName;
  readonly from: number;
  readonly to: number;
  /** Number of the attempt, from 1; 0 before the first one. */
  readonly attempt: number;
}

/** What a record did from its pull to its end. Stretches of no time are left out. */
export function phasesOf({ tries = [], settled = 0 }: Sample): readonly PhaseStretch[] {
  const stretches: PhaseStretch[] = [];
  let at = 0;
  const until = (name: PhaseName, to: number, attempt: number): void => {
    if (to > at) stretches.push({ name, from: at, to, attempt });
    at = Math.max(at, to); // the clock may have been set
  };
  tries.forEach(([start, sent, response, end], place) => {
    const attempt = place + 1;
    until(place === 0 ? 'queue' : 'wait', start, place);
    if (sent !== null) until('connect', sent, attempt);
    const asked = sent === null ? 'request' : 'headers';
    if (response !== null) until(asked, response, attempt);
    until(response === null ? asked : 'body', end, attempt);
  });
  until(tries.length === 0 ? 'queue' : 'wait', settled, tries.length);
  return stretches;
}
