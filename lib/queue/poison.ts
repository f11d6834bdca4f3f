import { FetchError } from '../model/fetch-error.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { subjectOf } from '../model/target.js';

/** Deaths of its workers that make an input a suspect: from then on it is handed out alone. */
export const deathsOfSuspect = 2;
/** Deaths of workers that had nothing else under way, which end it. */
export const deathsAlone = 2;

/** The record of an input that kills whoever fetches it. */
export function poisoned(index: number, request: FetchRequest, deaths: number): FetchResult<unknown> {
  const message =
    `${subjectOf(request)}: given up, as the process died each of the ${deaths} times that it was fetched, ` +
    'the last two with nothing else under way';
  const error = new FetchError('unknown', message, { code: 'POISON' });
  return { index, request, attempts: deaths, waited: 0, duration: 0, ok: false, error };
}
