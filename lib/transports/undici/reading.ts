import type { FetchRequest } from '../../model/request.js';
import type { Resumption, Sink } from '../../model/sink.js';
import type { TransportLimits } from '../transport.js';
import type { Hop } from './redirect.js';

type Headers = Readonly<Record<string, string | string[]>>;

/** What becomes of the body of a response. */
export interface Reading {
  /** How many times its size on the wire it may become when it is decoded, beyond the first MiB. */
  readonly maxRatio: number;
  /** Undefined: the body comes into memory. */
  readonly sinking: Sinking | undefined;
}

/** A body that is to go into a sink. */
export interface Sinking {
  readonly sink: Sink;
  /** As the caller asked. */
  readonly request: FetchRequest;
  /** How many bytes of it the sink has. */
  readonly offset: number;
  /** Asks for the whole body instead of the rest of it. */
  readonly whole: Hop;
}

/** The same, from the first byte on. */
export function wholeReading(reading: Reading, sinking: Sinking): Reading {
  return { ...reading, sinking: { ...sinking, offset: 0 } };
}

/**
 * Whether the response fits what the sink has: where the rest was asked for, a 206 must begin just there (RFC 9110
 * §15.3.7), a 200 is the whole, and a 416 is of no use. Other statuses speak for themselves.
 */
export function continues({ offset }: Sinking, status: number, headers: Headers): boolean {
  if (offset === 0) return true;
  if (status !== 206) return status !== 416;
  const begins = /^bytes (\d+)-/.exec(String(headers['content-range']))?.[1];
  const encoding = headers['content-encoding'];
  return Number(begins) === offset && (encoding === undefined || encoding === 'identity');
}

/** Where the body of this response begins: a 200 to a request for the rest is the whole. */
export function offsetOf({ offset }: Sinking, status: number): number {
  return status === 206 ? offset : 0;
}

/** Whether the response is a success, whose body the sink gets. */
export function isWanted({ acceptStatus }: TransportLimits, status: number): boolean {
  if (!acceptStatus) return status >= 200 && status < 300;
  try {
    return acceptStatus(status);
  } catch {
    return false; // the pipeline asks it again, and says that it threw
  }
}

/** The request for what the sink lacks. */
export function askingFor(hop: Hop, { headers }: Resumption): Hop {
  const given = Object.entries(hop.request.headers ?? {});
  const others = given.filter(([name]) => !Object.hasOwn(headers, name.toLowerCase()));
  return { ...hop, request: { ...hop.request, headers: { ...Object.fromEntries(others), ...headers } } };
}

/** Whether the caller asks for a part himself. */
export function asksForRange({ headers = {} }: FetchRequest): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'range');
}
