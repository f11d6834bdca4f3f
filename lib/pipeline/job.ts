import type { Ticket } from '../gate/time-queue.js';
import { FetchError, isFetchError } from '../model/fetch-error.js';
import type { FetchInput, FetchRequest } from '../model/request.js';
import { parseTarget, quote, type Target } from '../model/target.js';
import type { Applicant } from './applicant.js';
import { received } from './option-rules.js';
import { projectError } from './project.js';

/** An input on its way through the pipeline. Few fields, as a million of them may wait. */
export class Job<C = unknown> {
  atGate = false;
  probe = false;
  delay: Ticket<unknown> | undefined = undefined;
  watched: Ticket<unknown> | undefined = undefined;
  /** An attempt at it is under way. */
  flying = false;
  settled = false;
  attempts = 0;
  starts = 0;
  /** When it last came to the gate. */
  offeredAt: number;
  /** Time it spent waiting before its latest start. */
  waited = 0;
  /** When its first attempt started. */
  startedAt = 0;
  notBefore = 0;
  /** The error of its latest attempt. */
  error: FetchError | undefined = undefined;

  constructor(
    readonly index: number,
    readonly request: FetchRequest<C>,
    /** What shares limits with it. */
    readonly host: string,
    /** Where it goes, or why it cannot. */
    readonly target: Target | FetchError,
    pulledAt: number,
    /** The pipeline it belongs to. */
    readonly owner: Applicant<Job<C>>,
    /** When its total time is over. */
    readonly deadline: number,
  ) {
    this.offeredAt = pulledAt;
  }

  /** No attempt is under way any more; another may start after `delay` ms. */
  grounded(now: number, delay: number): void {
    this.flying = false;
    this.offeredAt = now;
    this.notBefore = now + delay;
  }
}

/** An input as the pipeline understood it. */
export interface Understood<C> {
  readonly request: FetchRequest<C>;
  readonly target: Target | FetchError;
  /** What shares limits with it. */
  readonly host: string;
}

/** Reads whatever the source gave, be it what it may: bad input becomes a target that is an `invalid` error. */
export function understand<C>(
  input: FetchInput<C>,
  hostKey?: (request: FetchRequest<C>) => string,
): Understood<C> {
  const { request, target } = read(input);
  if (target instanceof FetchError) return { request, target, host: '' };
  if (!hostKey) return { request, target, host: target.origin };
  try {
    const host: unknown = hostKey(request);
    if (typeof host !== 'string') throw new TypeError(`Expected a string, got ${show(host)}`);
    return { request, target, host };
  } catch (error) {
    return { request, target: projectError(error, 'perHost.key', request), host: '' };
  }
}

function read<C>(input: FetchInput<C>): Omit<Understood<C>, 'host'> {
  try {
    if (typeof input === 'string') return { request: { url: input }, target: targetOf(input) };
    if (input instanceof URL) return { request: { url: input.href }, target: targetOf(input) };
    const given: unknown = input;
    if (typeof given !== 'object' || given === null || !('url' in given)) {
      return { request: { url: printable(given) }, target: notARequest(given) };
    }
    return { request: input, target: targetOf(input.url, input) };
  } catch (cause) {
    const error = new FetchError('invalid', `Reading the input threw: ${printable(cause)}`, { cause });
    return { request: { url: '' }, target: error };
  }
}

function targetOf(url: unknown, request?: FetchRequest): Target | FetchError {
  if (typeof url !== 'string' && !(url instanceof URL)) return notAUrl(url);
  try {
    if (request) checkRequest(request);
    return parseTarget(url);
  } catch (error) {
    if (isFetchError(error)) return error;
    throw error; // a getter of the request's
  }
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const unsafeValue = /[^\t\x20-\x7e\x80-\xff]/;

/** @throws FetchError of kind `invalid` */
function checkRequest({ method, headers, body, timeout, invalid: flaw }: FetchRequest): void {
  if (flaw !== undefined) throw invalid(typeof flaw === 'string' ? flaw : printable(flaw));
  if (method !== undefined && (typeof method !== 'string' || !token.test(method))) {
    throw invalid(`Expected \`method\` to be an HTTP method such as 'GET', got ${show(method)}`);
  }
  if (method?.toUpperCase() === 'CONNECT') throw invalid('CONNECT opens a tunnel, not a page: use a proxy');
  if (headers !== undefined && headers !== inOrder) checkHeaders(headers);
  if (body !== undefined && typeof body !== 'string' && !((body as unknown) instanceof Uint8Array)) {
    throw invalid(`Expected \`body\` to be a string or a Uint8Array, got ${show(body)}`);
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    throw invalid(`Expected \`timeout\` of the request to be a number of ms above 0, got ${show(timeout)}`);
  }
}

/** The headers that were last found in order, and are frozen: most requests of a run share theirs. */
let inOrder: unknown;

function checkHeaders(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw invalid(`Expected \`headers\` to be a plain object, got ${show(headers)}`);
  }
  for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
    if (!token.test(name)) throw invalid(`${show(name)} is not a header name`);
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one !== 'string')
        throw invalid(`Expected header \`${name}\` to be a string, got ${show(one)}`);
      const at = one.search(unsafeValue);
      // the value may be a secret: the message shows the offending character alone
      if (at !== -1)
        throw invalid(`Header \`${name}\` has ${show(one[at])} at position ${at}, which is not allowed`);
    }
  }
  if (Object.isFrozen(headers)) inOrder = headers;
}

function invalid(message: string): FetchError {
  return new FetchError('invalid', message);
}

function notARequest(given: unknown): FetchError {
  if (typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype) {
    const keys = Object.keys(given).map((key) => `\`${key}\``);
    return invalid(
      `Expected a URL or a request with a \`url\`, got an object with ${keys.join(', ') || 'nothing in it'}`,
    );
  }
  return invalid(`Expected a URL or a request with a \`url\`, got ${show(given)}`);
}

function notAUrl(given: unknown): FetchError {
  return invalid(`Expected \`url\` to be a string or a URL, got ${show(given)}`);
}

/** A value, for a sentence: what a string holds may be a secret of its URL. */
function show(value: unknown): string {
  return typeof value === 'string' ? quote(value) : received(value);
}

function printable(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be printed';
  }
}
