import type { FetchRequest } from '../../model/request.js';
import type { RunPlan } from '../run-plan.js';

/** A request and where it stands. The record's `request` is this very object, so nothing has to be looked up. */
export class InputRequest implements FetchRequest {
  readonly url: string;
  declare readonly method?: string;
  declare readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  declare readonly body?: string;
  declare readonly timeout?: number;
  declare readonly context?: unknown;
  declare readonly invalid?: string;
  /** The file it came from and its line there, from 1. Undefined: it came from the command line. */
  readonly place: Place | undefined;

  constructor(
    url: string,
    { method, headers, body, timeout, context, invalid }: Omit<FetchRequest, 'url'>,
    place?: Place,
  ) {
    this.url = url;
    this.place = place;
    if (method !== undefined) this.method = method;
    if (headers !== undefined) this.headers = headers;
    if (body !== undefined) this.body = body as string; // it was read from JSON, or is the command line's
    if (timeout !== undefined) this.timeout = timeout;
    if (context !== undefined) this.context = context;
    if (invalid !== undefined) this.invalid = invalid;
  }
}

/** A line of an input. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What each request has that does not say otherwise itself. */
export type RequestDefaults = RunPlan['request'];
