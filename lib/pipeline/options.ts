import type { Observable, Observer, SchedulerLike } from 'rxjs';
import type { Interceptor } from '../interceptors/interceptor.js';
import type { FetchEvent } from '../model/event.js';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import type { Transport } from '../transports/transport.js';
import type { ProjectResult } from './project.js';
import type { RetryOptions } from './retry.js';

/** Longest times in ms, each a number above 0; Infinity means no limit. */
export interface TimeoutOptions {
  /** Until the request could be written to a connection: queueing in the transport, DNS, TCP, TLS. */
  readonly connect?: number;
  /** From there until the head of the response. */
  readonly headers?: number;
  /** From there until the end of the body. */
  readonly body?: number;
  /** Of one attempt, `project` included. @default 30_000 */
  readonly attempt?: number;
  /** From the pull to the record: queue, back-off and all attempts. @default Infinity */
  readonly total?: number;
}

/** Options of every pipeline. */
export interface FetchOptions<T = Page, C = unknown> {
  /** Most attempts under way at once. An Observable changes it while running; 0 pauses. @default 16 */
  readonly concurrency?: number | Observable<number>;
  /** Most inputs held that are pulled but not in flight, such as waiting retries. @default 1_000 */
  readonly lookahead?: number;
  /** A number means `attempt`. In ms. @default { attempt: 30_000 } */
  readonly timeout?: number | TimeoutOptions;
  /** A number means `limit`: attempts after the first; `false` means none. @default 2 */
  readonly retry?: number | false | RetryOptions;
  /** Which statuses are a success; all others are failures of kind `http`. @default 200–299 */
  readonly acceptStatus?: (status: number) => boolean;
  /** Most bytes of a body, on the wire and decoded. @default 10 MiB */
  readonly maxBodyBytes?: number;
  /** Most redirects followed; 0 takes the redirect itself for the page. @default 10 */
  readonly maxRedirects?: number;
  /** The page callback, run while the slot is held. Its result, or what that promise or Observable gives last, is the record's `value`. */
  readonly project?: (page: Page, request: FetchRequest<C>) => ProjectResult<T>;
  /** Wrapped around each attempt; the first is the outermost. @default [] */
  readonly interceptors?: readonly Interceptor[];
  /** What does the fetch. @default undici on Node */
  readonly transport?: Transport;
  /** Aborting turns every input already pulled into a `cancelled` record, then completes. */
  readonly signal?: AbortSignal;
  /** Aborting stops the pull; what was pulled finishes, then it completes. */
  readonly drain?: AbortSignal;
  /** Gets a FetchEvent for everything that happens; only its `next` is called. Costs nothing when absent. */
  readonly events?: Partial<Observer<FetchEvent>>;
  /** Where time comes from. @default real time */
  readonly scheduler?: SchedulerLike;
  /** Where chance comes from: numbers from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** What the documents say of an option; README's table is tested against it. */
export interface OptionRule {
  readonly default: string;
  readonly unit: string;
  /** What it must be, as the error says it. */
  readonly rule: string;
  readonly holds: (value: unknown) => boolean;
}

const isCount = (least: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && (Number.isInteger(value) || value === Infinity);
const isTime = (value: unknown): boolean => typeof value === 'number' && value > 0;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isObservable = (value: unknown): boolean =>
  isObject(value) && 'subscribe' in value && isFunction(value.subscribe) && 'pipe' in value;
const isSignal = (value: unknown): boolean =>
  isObject(value) && 'aborted' in value && 'addEventListener' in value && isFunction(value.addEventListener);

const rule = (what: string, holds: (value: unknown) => boolean, preset: string, unit = ''): OptionRule => ({
  default: preset,
  unit,
  rule: what,
  holds,
});

const time = (preset: string): OptionRule => rule('a number of ms above 0', isTime, preset, 'ms');

/** Every option: its default, unit and rule. */
export const optionRules = /* @__PURE__ */ (() =>
  ({
    concurrency: rule(
      'an integer from 1 up, or an Observable of them',
      (value) => (isCount(1)(value) && Number.isFinite(value)) || isObservable(value),
      '16',
      'attempts',
    ),
    lookahead: rule('an integer from 0 up', isCount(0), '1,000', 'inputs'),
    timeout: rule(
      'a number of ms above 0, or an object of `connect`, `headers`, `body`, `attempt`, `total`',
      (value) => isTime(value) || isObject(value),
      '30,000',
      'ms',
    ),
    retry: rule(
      'an integer from 0 up, false, or an object of `limit`, `backoff`, `maxRetryAfter`',
      (value) => isCount(0)(value) || value === false || isObject(value),
      '2',
      'attempts',
    ),
    acceptStatus: rule('a function of the status', isFunction, '200–299'),
    maxBodyBytes: rule('an integer from 1 up', isCount(1), '10 MiB', 'bytes'),
    maxRedirects: rule('an integer from 0 up', isCount(0), '10', 'hops'),
    project: rule('a function of the page and the request', isFunction, 'the page itself'),
    interceptors: rule(
      'an array of functions',
      (value) => Array.isArray(value) && value.every(isFunction),
      'none',
    ),
    transport: rule('a function of the request that returns an Observable', isFunction, 'undici'),
    signal: rule('an AbortSignal', isSignal, 'none'),
    drain: rule('an AbortSignal', isSignal, 'none'),
    events: rule('an Observer with a `next` function', isObserver, 'none'),
    scheduler: rule(
      'a scheduler with `now` and `schedule`',
      (value) => isObject(value) && 'now' in value && 'schedule' in value,
      'real time',
    ),
    random: rule('a function that gives numbers from 0 to below 1', isFunction, 'Math.random'),
  }) satisfies Record<keyof FetchOptions, OptionRule>)();

function isObserver(value: unknown): boolean {
  return (
    (isObject(value) || isFunction(value)) &&
    'next' in (value as object) &&
    isFunction((value as { next: unknown }).next)
  );
}

/** The parts of `timeout`. */
export const timeoutRules = /* @__PURE__ */ (() =>
  ({
    connect: time('Infinity'),
    headers: time('Infinity'),
    body: time('Infinity'),
    attempt: time('30,000'),
    total: time('Infinity'),
  }) satisfies Record<keyof TimeoutOptions, OptionRule>)();

/** The parts of `retry`. */
export const retryRules = /* @__PURE__ */ (() =>
  ({
    limit: rule('an integer from 0 up', isCount(0), '2', 'attempts'),
    backoff: rule(
      'a function of the retry and random that returns ms',
      isFunction,
      'exponential, full jitter',
      'ms',
    ),
    maxRetryAfter: rule(
      'a number of ms from 0 up',
      (value) => typeof value === 'number' && value >= 0,
      '60,000',
      'ms',
    ),
  }) satisfies Record<keyof RetryOptions, OptionRule>)();

/**
 * Checks options when an operator is called, before anything is fetched.
 * @throws TypeError in a sentence that names the option, its rule and what was received
 */
export function checkOptions(
  caller: string,
  options: unknown,
  also: Readonly<Record<string, OptionRule>> = {},
): void {
  if (!isObject(options))
    throw new TypeError(`${caller}: expected options to be an object, got ${received(options)}`);
  check(caller, options, { ...optionRules, ...also }, '');
  if ('timeout' in options && isObject(options.timeout))
    check(caller, options.timeout, timeoutRules, 'timeout.');
  if ('retry' in options && isObject(options.retry)) check(caller, options.retry, retryRules, 'retry.');
}

function check(
  caller: string,
  options: object,
  rules: Readonly<Record<string, OptionRule>>,
  path: string,
): void {
  for (const [name, value] of Object.entries(options)) {
    const known = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!known) {
      const nearest = nearestOf(name, Object.keys(rules));
      const hint =
        nearest === undefined
          ? `the options are ${Object.keys(rules).join(', ')}`
          : `did you mean \`${path}${nearest}\`?`;
      throw new TypeError(`${caller}: there is no option \`${path}${name}\`; ${hint}`);
    }
    if (value !== undefined && !known.holds(value)) {
      throw new TypeError(
        `${caller}: expected \`${path}${name}\` to be ${known.rule}, got ${received(value)}`,
      );
    }
  }
}

/** A value and its type, as a sentence ends with them. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return `${JSON.stringify(value)} (string)`;
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without prototype'})`;
  return typeof value === 'function' ? 'a function' : `\`${String(value)}\` (${typeof value})`;
}

/** The right name a typing error was probably meant to be, if there is one near enough. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  const near = names
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const replace = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      line.push(Math.min(replace, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
