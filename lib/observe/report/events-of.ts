import { FetchError, type FetchErrorDetails } from '../../model/fetch-error.js';
import type { FetchEvent } from '../../model/event.js';
import type { FetchRequest } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import type { RecordLine } from './record-line.js';

/**
 * The events of a run, made again from its records: what `marbleDiagram` and `marbleSvg` draw of a file of an earlier run.
 *
 * Records that do not say when things happened (made without {@link timings}) are left out. What a record does not
 * say its events do not either: the responses of attempts that were followed by another have the status 0, and what such an
 * attempt failed with is of kind `unknown`.
 *
 * @returns events in the order of their times
 * @example
 * const times = timings();
 * fetchFrom(urls, { events: times })
 *   .pipe(map((result) => recordLine(result, { timing: times.of(result) })), toArray())
 *   .subscribe((lines) => console.log(marbleDiagram(eventsOf(lines))));
 */
export function eventsOf(lines: Iterable<RecordLine>): readonly FetchEvent[] {
  const events = [...lines].flatMap(eventsOfOne);
  return events.sort((a, b) => a.at - b.at); // a stable sort: those of one input keep their order
}

/** The record as it was emitted, but for its page: what a file has of a page is not one. */
export function resultOf(line: RecordLine): FetchResult<undefined> {
  const { index, attempts, waited, duration } = line;
  const settled = { index, request: requestOf(line), attempts, waited, duration };
  const { error } = line;
  if (!error) return { ...settled, ok: true, value: undefined };
  const { kind, message, ...details } = error;
  return { ...settled, ok: false, error: new FetchError(kind, message, details satisfies FetchErrorDetails) };
}

function requestOf({ request }: RecordLine): FetchRequest {
  return request;
}

function eventsOfOne(line: RecordLine): readonly FetchEvent[] {
  const { index, pulled, settled, tries = [] } = line;
  if (pulled === undefined || settled === undefined) return [];
  const result = resultOf(line);
  const { request } = result;
  const events: FetchEvent[] = [{ type: 'pull', index, at: pulled, request }];
  tries.forEach(({ start, sent, response, end }, place) => {
    const attempt = place + 1;
    const next = tries[attempt];
    events.push({ type: 'start', index, at: pulled + start, request, attempt });
    if (response !== undefined) {
      const status = next ? 0 : (line.status ?? 0);
      const since = sent === undefined ? {} : { sent: pulled + sent };
      events.push({ type: 'response', index, at: pulled + response, attempt, status, ...since });
    }
    if (!next && settled <= end) return; // else its last attempt failed, and the record came while it waited
    const error = new FetchError('unknown', 'The record does not say why this attempt failed');
    const until = pulled + (next?.start ?? settled);
    events.push({ type: 'wait', index, at: pulled + end, attempt, until, error });
  });
  events.push({ type: 'settle', index, at: pulled + settled, result });
  return events;
}
