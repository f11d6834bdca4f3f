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
  const open = new Map<number, OpenLanes>();
  let begin: number | undefined;
  let latest = 0;
  let order = 0;
  for (const event of events) {
    begin ??= isTime(event.at) ? event.at : undefined;
    const since = event.at - (begin ?? event.at);
    if (isTime(since)) latest = Math.max(latest, since);
    let known = open.get(event.index);
    if (!known) open.set(event.index, (known = new OpenLanes(event.index)));
    let lane = event.type === 'pull' ? undefined : known.of(event);
    if (!lane) {
      lane = known.begin(requestOf(event));
      lanes.push(lane);
    }
    lane.add({ at: latest, order: order++, event });
    if (event.type === 'settle') known.end(lane);
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
  private knownSubject: string | undefined;

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

  /** How well an event would go on with this lane. @param subject of the event's request */
  fit(event: FetchEvent, request: FetchRequest | undefined, subject: string | undefined): number {
    const isIts = request === this.request;
    // events that were stored and read again have other objects
    const isAlike = isIts || (subject !== undefined && subject === this.subject);
    return (isIts ? 4 : 0) + (isAlike ? 2 : 0) + (this.isNext(event) ? 1 : 0);
  }

  private get subject(): string | undefined {
    return (this.knownSubject ??= this.request && subjectOf(this.request));
  }

  private isNext(event: FetchEvent): boolean {
    if (event.type === 'settle') return event.result.attempts === this.attempts;
    if (event.type === 'start') return event.attempt === this.attempts + 1;
    return event.type !== 'pull' && event.attempt === this.attempts;
  }
}

/** The lanes of one index that have not ended: of as many pipelines. */
class OpenLanes {
  private lanes: OpenLane[] = [];
  /** Undefined: several have this request. */
  private readonly byRequest = new Map<FetchRequest, OpenLane | undefined>();
  private begun = 0;

  constructor(private readonly index: number) {}

  begin(request: FetchRequest | undefined): OpenLane {
    const lane = new OpenLane(this.index, ++this.begun, request);
    this.lanes.push(lane);
    if (request) this.byRequest.set(request, this.byRequest.has(request) ? undefined : lane);
    return lane;
  }

  end(lane: OpenLane): void {
    const last = this.lanes.pop();
    if (last && last !== lane) this.lanes[this.lanes.indexOf(lane)] = last;
    if (lane.request && this.byRequest.get(lane.request) === lane) this.byRequest.delete(lane.request);
  }

  /** The lane that an event goes on with. */
  of(event: FetchEvent): OpenLane | undefined {
    const [only] = this.lanes;
    if (this.lanes.length <= 1) return only;
    const request = requestOf(event);
    const its = request && this.byRequest.get(request);
    return its ?? this.best(event, request);
  }

  private best(event: FetchEvent, request: FetchRequest | undefined): OpenLane | undefined {
    const subject = request && subjectOf(request);
    let best: OpenLane | undefined;
    let fit = -1;
    for (const lane of this.lanes) {
      const its = lane.fit(event, request, subject);
      if (its < fit || (its === fit && best && lane.pipeline > best.pipeline)) continue;
      best = lane;
      fit = its;
    }
    return best;
  }
}

function requestOf(event: FetchEvent): FetchRequest | undefined {
  if (event.type === 'settle') return event.result.request;
  return event.type === 'pull' || event.type === 'start' ? event.request : undefined;
}
