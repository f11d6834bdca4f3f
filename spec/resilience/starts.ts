import { filter, map, Subject, type Observable } from 'rxjs';
import type { FetchEvent } from '../../lib/model/event.js';

/** Events of a pipeline, drawn. */
export interface Starts {
  /** For the option `events`. */
  readonly events: Subject<FetchEvent>;
  /** The letter of an input (`a` the first) whenever an attempt at it starts. */
  readonly starts$: Observable<string>;
}

/** What shows when attempts start. */
export function watchStarts(): Starts {
  const events = new Subject<FetchEvent>();
  const starts$ = events.pipe(
    filter(({ type }) => type === 'start'),
    map(({ index }) => String.fromCharCode(97 + index)),
  );
  return { events, starts$ };
}
