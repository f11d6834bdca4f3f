import type { Observable } from 'rxjs';
import type { FetchEvent } from '../../lib/model/event.js';
import type { FetchResult } from '../../lib/model/result.js';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchInput } from '../../lib/model/request.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import { marbles, type MarbleHelpers, type MarbleValues, type Route } from '../../lib/testing/index.js';

/** A run in virtual time. */
export interface DrawnRun {
  /** What happens at each URL. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Its URLs by default. */
  readonly inputs?: readonly FetchInput[];
  readonly values?: MarbleValues;
  readonly options?: Omit<FetchOptions, 'events' | 'transport'>;
}

/** What a pipeline tells its observer of events while `run` is subscribed in virtual time. */
export function eventsOf(
  run: (
    helpers: MarbleHelpers,
    events: { next: (event: FetchEvent) => void },
  ) => Observable<FetchResult<unknown>>,
): FetchEvent[] {
  const events: FetchEvent[] = [];
  marbles((helpers) => {
    run(helpers, { next: (event) => events.push(event) }).subscribe();
    helpers.flush();
  })();
  return events;
}

/** The events of a drawn run. */
export function drawnEvents({
  routes,
  inputs = Object.keys(routes),
  values,
  options,
}: DrawnRun): FetchEvent[] {
  return eventsOf(({ transport }, events) =>
    fetchFrom(inputs, { ...options, transport: transport(routes, values), events }),
  );
}
