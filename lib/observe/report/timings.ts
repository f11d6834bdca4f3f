import type { FetchEvent } from '../../model/event.js';
import type { FetchResult } from '../../model/result.js';

/** One attempt; its times are ms since its input was pulled. */
export interface Try {
  /** It was given a slot. */
  readonly start: number;
  /** Its request went out over an open connection, where the transport says so. */
  readonly sent?: number | undefined;
  /** The head of the response came. */
  readonly response?: number | undefined;
  /** It failed, or its body was whole. */
  readonly end: number;
}

/** When things happened to one input. */
export interface Timing {
  /** It was taken from its source: ms on the pipeline's scheduler, which are ms since 1970 but in a test. */
  readonly pulled: number;
  /** It had its record: ms since `pulled`. */
  readonly settled: number;
  /** Its attempts, first one first. Between one's end and the next one's start it waited. */
  readonly tries: readonly Try[];
}

/** An observer of events that knows of each record when things happened. */
export interface Timings {
  /** Takes what the `events` option tells. */
  next(event: FetchEvent): void;
  /** The timing of a record; undefined where its events were not seen, or it was made anew by an operator. */
  of(result: FetchResult<unknown>): Timing | undefined;
}

/** What is known so far of an attempt. */
interface OpenTry {
  start: number;
  sent: number | undefined;
  response: number | undefined;
  end: number;
}

/** What is known so far of an input. */
interface OpenTiming {
  readonly pulled: number;
  readonly tries: OpenTry[];
  /** Its last attempt failed, and no other has begun. */
  isWaiting: boolean;
}

/**
 * Collects when things happen to the inputs of one subscription, while they are under way, and hands it out by record.
 * A record that nobody holds any more takes its timing with it: memory is that of what is in flight.
 *
 * @example
 * import { recordLine, timings } from 'sluice/report';
 *
 * const events = timings();
 * fetchFrom(urls, { events }).subscribe((result) => {
 *   console.log(JSON.stringify(recordLine(result, { timing: events.of(result) })));
 * });
 */
export function timings(): Timings {
  const log = new TimingLog();
  const finished = new WeakMap<object, Timing>();
  return {
    next(event) {
      const timing = log.next(event);
      if (timing && event.type === 'settle') finished.set(event.result, timing);
    },
    of: (result) => finished.get(result),
  };
}

/** {@link timings} for who keeps them: it holds what is known of the inputs under way, and no more. */
export class TimingLog {
  private readonly underWay = new Map<number, OpenTiming>();

  /** Takes an event. @returns the timing of an input that has settled with it */
  next(event: FetchEvent): Timing | undefined {
    const { index, at } = event;
    if (event.type === 'pull') {
      this.underWay.set(index, { pulled: at, tries: [], isWaiting: false });
      return undefined;
    }
    const open = this.underWay.get(index);
    if (!open) return undefined;
    const { tries } = open;
    const since = msSince(open, at);
    if (event.type === 'start') dropFrom(open, event.attempt);
    else if (event.type === 'settle') dropFrom(open, event.result.attempts + 1);
    const last = tries.at(-1);
    switch (event.type) {
      case 'start':
        open.isWaiting = false;
        tries.push({ start: since, sent: undefined, response: undefined, end: since });
        return undefined;
      case 'response':
        if (!last) return undefined;
        last.response = since;
        if (event.sent !== undefined) last.sent = msSince(open, event.sent);
        return undefined;
      case 'wait':
        open.isWaiting = true;
        if (last) last.end = since;
        return undefined;
      case 'settle':
        this.underWay.delete(index);
        if (last && !open.isWaiting) last.end = since;
        return { pulled: Math.round(open.pulled), settled: since, tries };
    }
  }
}

/** Whole ms: limits make times that are not. */
function msSince({ pulled }: OpenTiming, at: number): number {
  return Math.round(at - pulled);
}

/** An attempt that went back to the gate as if it had not been made: the next one has its number, or there is none. */
function dropFrom(open: OpenTiming, attempt: number): void {
  if (open.tries.length < attempt) return;
  open.tries.length = attempt - 1;
  open.isWaiting = attempt > 1; // what was before it had failed
}
