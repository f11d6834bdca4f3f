import { isObservable } from 'rxjs';
import { nearestOf } from './nearest-name.js';
import type { CircuitOptions } from '../gate/circuit.js';
import type { FetchOptions, PerHostOptions, QueueBound, TimeoutOptions } from './options.js';
import type { RetryOptions } from './retry.js';

/** What the documents say of an option; README's table is tested against it. */
export interface OptionRule {
  readonly default: string;
  readonly unit: string;
  /** What it must be, as the error says it. */
  readonly rule: string;
  readonly holds: (value: unknown) => boolean;
  /** Rules of its parts, where it is an object. */
  readonly parts?: () => Readonly<Record<string, OptionRule>>;
  /** None of its parts has a default. */
  readonly isWhole?: boolean;
}

const isCount = (least: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && (Number.isInteger(value) || value === Infinity);
const isTime = (value: unknown): boolean => typeof value === 'number' && value > 0;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isSignal = (value: unknown): boolean =>
  isObject(value) && 'aborted' in value && 'addEventListener' in value && isFunction(value.addEventListener);

const isFromZero = (value: unknown): boolean => typeof value === 'number' && value >= 0;

const rule = (what: string, holds: (value: unknown) => boolean, preset: string, unit = ''): OptionRule => ({
  default: preset,
  unit,
  rule: what,
  holds,
});

const time = (preset: string): OptionRule => rule('a number of ms above 0', isTime, preset, 'ms');

const rate = (): OptionRule => ({
  ...rule('an object of `limit` and `per`', isObject, 'none', 'starts per ms'),
  parts: () => ({
    limit: rule('an integer from 1 up', isCount(1), '', 'starts'),
    per: rule('a number of ms above 0', (value) => isTime(value) && value !== Infinity, '', 'ms'),
  }),
  isWhole: true,
});

/** Every option: its default, unit and rule. */
export const optionRules = /* @__PURE__ */ (() =>
  ({
    concurrency: rule(
      'an integer from 1 up, or an Observable of them',
      (value) => (isCount(1)(value) && Number.isFinite(value)) || isObservable(value),
      '16',
      'attempts',
    ),
    perHost: {
      ...rule('an object of `concurrency`, `delay`, `rate`, `key`', isObject, 'none'),
      parts: () => perHostRules,
    },
    rate: rate(),
    circuit: {
      ...rule(
        'false, or an object of `threshold`, `window`, `cooldown`, `probes`',
        (value) => value === false || isObject(value),
        'false',
      ),
      parts: () => circuitRules,
    },
    lookahead: rule('an integer from 0 up', isCount(0), '1,000', 'inputs'),
    timeout: {
      ...rule(
        'a number of ms above 0, or an object of `connect`, `headers`, `body`, `attempt`, `total`',
        (value) => isTime(value) || isObject(value),
        '30,000',
        'ms',
      ),
      parts: () => timeoutRules,
    },
    retry: {
      ...rule(
        'an integer from 0 up, false, or an object of `limit`, `backoff`, `maxRetryAfter`, `on`, `budget`',
        (value) => isCount(0)(value) || value === false || isObject(value),
        '2',
        'attempts',
      ),
      parts: () => retryRules,
    },
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
    maxRetryAfter: rule('a number of ms from 0 up', isFromZero, '60,000', 'ms'),
    on: rule(
      'a function of the error and the request',
      isFunction,
      'temporary failures of idempotent methods',
    ),
    budget: rule('a number from 0 up', isFromZero, '0.2', 'share of traffic'),
  }) satisfies Record<keyof RetryOptions, OptionRule>)();

/** What `fetchEach` has besides. */
export const queueRules = /* @__PURE__ */ (() =>
  ({
    maxQueued: rule('an integer from 0 up', isCount(0), 'Infinity', 'inputs'),
    overflow: rule(
      "'drop-newest' or 'drop-oldest'",
      (value) => value === 'drop-newest' || value === 'drop-oldest',
      'drop-newest',
    ),
  }) satisfies Record<keyof QueueBound, OptionRule>)();

/** The parts of `perHost`. */
export const perHostRules = /* @__PURE__ */ (() =>
  ({
    concurrency: rule('an integer from 1 up', isCount(1), 'Infinity', 'attempts'),
    delay: rule('a number of ms from 0 up', isFromZero, '0', 'ms'),
    rate: rate(),
    key: rule('a function of the request that returns a string', isFunction, 'the origin'),
  }) satisfies Record<keyof PerHostOptions, OptionRule>)();

/** The parts of `circuit`. */
export const circuitRules = /* @__PURE__ */ (() =>
  ({
    threshold: rule('an integer from 1 up', isCount(1), '10', 'failures'),
    window: time('10,000'),
    cooldown: time('30,000'),
    probes: rule('an integer from 1 up', isCount(1), '1', 'attempts'),
  }) satisfies Record<keyof CircuitOptions, OptionRule>)();

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
}

/** @throws TypeError as {@link checkOptions} does */
export function checkMergeOptions(caller: string, project: unknown, options: unknown): void {
  if (!isFunction(project))
    throw new TypeError(`${caller}: expected project to be a function, got ${received(project)}`);
  if (!isObject(options))
    throw new TypeError(`${caller}: expected options to be an object, got ${received(options)}`);
  check(caller, options, { concurrency: optionRules.concurrency }, '');
}

/** @throws TypeError as {@link checkOptions} does */
export function checkInOrderOptions(caller: string, options: unknown): void {
  if (!isObject(options))
    throw new TypeError(`${caller}: expected options to be an object, got ${received(options)}`);
  check(caller, options, { window: rule('an integer from 1 up', isCount(1), '1,000', 'inputs') }, '');
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
    if (!known.parts || !isObject(value)) continue;
    const parts = known.parts();
    check(caller, value, parts, `${path}${name}.`);
    const missing = known.isWhole ? Object.keys(parts).find((part) => !(part in value)) : undefined;
    if (missing !== undefined) {
      throw new TypeError(
        `${caller}: expected \`${path}${name}\` to be ${known.rule}, got no \`${missing}\``,
      );
    }
  }
}

/** A value and its type, as a sentence ends with them. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return `${JSON.stringify(value)} (string)`;
  if (typeof value === 'object') {
    return `an object (${(value as { constructor?: { name: string } }).constructor?.name ?? 'without prototype'})`;
  }
  if (typeof value === 'function') return 'a function';
  const primitive = value as number | bigint | boolean | symbol;
  return `\`${String(primitive)}\` (${typeof primitive})`;
}
