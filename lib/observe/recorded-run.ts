import type { FetchEvent } from '../model/event.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { subjectOf } from '../model/target.js';

/** An event and when it came. */
export interface Step {
  /** In ms from the first event of all. */
  readonly at: number;
  /** Its place among all events. */
  readonly order: number;
  readonly event: FetchEvent;
}

/** What happened to one input. */
export interface Lane {
  readonly index: number;
  /** 1, or more where another pipeline has pulled an input of this index before. */
  readonly pipeline: number;
  readonly request: FetchRequest | undefined;
  readonly steps: readonly Step[];
  /** Its record; undefined where the events end before it. */
  readonly result: FetchResult<unknown> | undefined;
}

/** What the events of a run tell of it. */
export interface RecordedRun {
  /** By index. */
  readonly lanes: readonly Lane[];
  /** From the first event to the last, in ms. */
  readonly duration: number;
}

/**
 * Sorts events by the input that they are about.
 *
 * Two pipelines that share an observer number their inputs alike: a second `pull` of an index opens a second
 * lane, and what follows goes to the open lane of that index whose request and attempt it fits best. `response` and
 * `wait` name no request: where two lanes are at the same attempt, the first gets them. Time never runs backwards:
 * an event that is dated before the one it came after (somebody set the clock), or has no date, came with it.
 */
export function recordedRun(events: Iterable<FetchEvent>): RecordedRun {
  const lanes: OpenLane[] = [];
  const open = new Map<number, OpenLane[]>();
  let begin: number | undefined;
  let latest = 0;
  let order = 0;
  for (const event of events) {
    begin ??= isTime(event.at) ? event.at : undefined;
    const since = event.at - (begin ?? event.at);
    if (isTime(since)) latest = Math.max(latest, since);
    const known = open.get(event.index) ?? [];
    let lane = event.type === 'pull' ? undefined : bestFit(known, event);
    if (!lane) {
      lane = new OpenLane(event.index, (known.at(-1)?.pipeline ?? 0) + 1, requestOf(event));
      lanes.push(lane);
      // of those that have ended only the last is kept, for its number
      open.set(event.index, [...known.filter(({ result }) => !result), lane]);
    }
    lane.add({ at: latest, order: order++, event });
  }
  lanes.sort((a, b) => a.index - b.index || a.pipeline - b.pipeline);
  return { lanes, duration: latest };
}

/** Whether ms can be reckoned with. */
function isTime(ms: number): boolean {
  return Math.abs(ms) <= Number.MAX_SAFE_INTEGER;
}

/** When the latest event of an input came. */
export function lastAt({ steps }: Pick<Lane, 'steps'>): number {
  return steps.at(-1)?.at ?? 0;
}

/** A lane while events are still sorted into it. */
class OpenLane implements Lane {
  readonly steps: Step[] = [];
  result: FetchResult<unknown> | undefined;
  private attempts = 0;

  constructor(
    readonly index: number,
    readonly pipeline: number,
    readonly request: FetchRequest | undefined,
  ) {}

  add(step: Step): void {
    this.steps.push(step);
    const { event } = step;
    if (event.type === 'start') this.attempts = event.attempt;
    if (event.type === 'settle') this.result = event.result;
  }

  /** How well an event would go on with this lane. */
  fit(event: FetchEvent): number {
    if (this.result) return -1;
    const request = requestOf(event);
    const isIts = request === this.request;
    // events that were stored and read again have other objects
    const isAlike = isIts || (request && this.request && subjectOf(request) === subjectOf(this.request));
    return (isIts ? 4 : 0) + (isAlike ? 2 : 0) + (this.isNext(event) ? 1 : 0);
  }

  private isNext(event: FetchEvent): boolean {
    if (event.type === 'settle') return event.result.attempts === this.attempts;
    if (event.type === 'start') return event.attempt === this.attempts + 1;
    return event.type !== 'pull' && event.attempt === this.attempts;
  }
}

function bestFit(lanes: readonly OpenLane[], event: FetchEvent): OpenLane | undefined {
  if (lanes.length === 1 && !lanes[0]?.result) return lanes[0];
  let best: OpenLane | undefined;
  for (const lane of lanes) {
    if (lane.fit(event) > (best?.fit(event) ?? -1)) best = lane;
  }
  return best;
}

function requestOf(event: FetchEvent): FetchRequest | undefined {
  if (event.type === 'settle') return event.result.request;
  return event.type === 'pull' || event.type === 'start' ? event.request : undefined;
}
