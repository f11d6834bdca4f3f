import { isObservable } from 'rxjs';
import { nearestOf } from './nearest-name.js';
import type { CircuitOptions } from '../gate/circuit.js';
import type { FetchOptions, PerHostOptions, QueueBound, TimeoutOptions } from './options.js';
import type { RetryOptions } from './retry.js';

/** What an option must be. Its default and unit stand in option-docs.ts. */
export interface OptionRule {
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

const rule = (what: string, holds: (value: unknown) => boolean): OptionRule => ({ rule: what, holds });

const withParts = (one: OptionRule, parts: () => Readonly<Record<string, OptionRule>>): OptionRule => ({
  ...one,
  parts,
});

const time = (): OptionRule => rule('a number of ms above 0', isTime);

const rate = (): OptionRule => ({
  ...rule('an object of `limit` and `per`', isObject),
  parts: () => ({
    limit: rule('an integer from 1 up', isCount(1)),
    per: rule('a number of ms above 0', (value) => isTime(value) && value !== Infinity),
  }),
  isWhole: true,
});

/** Every option and its rule. */
export const optionRules = /* @__PURE__ */ (() =>
  ({
    concurrency: rule(
      'an integer from 1 up, or an Observable of them',
      (value) => (isCount(1)(value) && Number.isFinite(value)) || isObservable(value),
    ),
    perHost: withParts(
      rule('an object of `concurrency`, `delay`, `rate`, `key`', isObject),
      () => perHostRules,
    ),
    rate: rate(),
    circuit: withParts(
      rule(
        'false, or an object of `threshold`, `window`, `cooldown`, `probes`',
        (value) => value === false || isObject(value),
      ),
      () => circuitRules,
    ),
    lookahead: rule('an integer from 0 up', isCount(0)),
    timeout: withParts(
      rule(
        'a number of ms above 0, or an object of `connect`, `headers`, `body`, `attempt`, `total`',
        (value) => isTime(value) || isObject(value),
      ),
      () => timeoutRules,
    ),
    retry: withParts(
      rule(
        'an integer from 0 up, false, or an object of `limit`, `backoff`, `maxRetryAfter`, `on`, `budget`',
        (value) => isCount(0)(value) || value === false || isObject(value),
      ),
      () => retryRules,
    ),
    acceptStatus: rule('a function of the status', isFunction),
    maxBodyBytes: rule('an integer from 1 up', isCount(1)),
    maxRedirects: rule('an integer from 0 up', isCount(0)),
    privateAddresses: rule("'allow', 'direct' or 'block'", (value) =>
      /^(allow|direct|block)$/.test(value as string),
    ),
    sink: rule('a function of the head', isFunction),
    project: rule('a function of the page and the request', isFunction),
    interceptors: rule('an array of functions', (value) => Array.isArray(value) && value.every(isFunction)),
    transport: rule('a function of the request that returns an Observable', isFunction),
    signal: rule('an AbortSignal', isSignal),
    drain: rule('an AbortSignal', isSignal),
    events: rule('an Observer with a `next` function', isObserver),
    scheduler: rule(
      'a scheduler with `now` and `schedule`',
      (value) => isObject(value) && 'now' in value && 'schedule' in value,
    ),
    random: rule('a function that gives numbers from 0 to below 1', isFunction),
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
    connect: time(),
    headers: time(),
    body: time(),
    attempt: time(),
    total: time(),
  }) satisfies Record<keyof TimeoutOptions, OptionRule>)();

/** The parts of `retry`. */
export const retryRules = /* @__PURE__ */ (() =>
  ({
    limit: rule('an integer from 0 up', isCount(0)),
    backoff: rule('a function of the retry and random that returns ms', isFunction),
    maxRetryAfter: rule('a number of ms from 0 up', isFromZero),
    on: rule('a function of the error and the request', isFunction),
    budget: rule('a number from 0 up', isFromZero),
  }) satisfies Record<keyof RetryOptions, OptionRule>)();

/** What `fetchEach` has besides. */
export const queueRules = /* @__PURE__ */ (() =>
  ({
    maxQueued: rule('an integer from 0 up', isCount(0)),
    overflow: rule(
      "'drop-newest' or 'drop-oldest'",
      (value) => value === 'drop-newest' || value === 'drop-oldest',
    ),
  }) satisfies Record<keyof QueueBound, OptionRule>)();

/** The parts of `perHost`. */
export const perHostRules = /* @__PURE__ */ (() =>
  ({
    concurrency: rule('an integer from 1 up', isCount(1)),
    delay: rule('a number of ms from 0 up', isFromZero),
    rate: rate(),
    key: rule('a function of the request that returns a string', isFunction),
  }) satisfies Record<keyof PerHostOptions, OptionRule>)();

/** The parts of `circuit`. */
export const circuitRules = /* @__PURE__ */ (() =>
  ({
    threshold: rule('an integer from 1 up', isCount(1)),
    window: time(),
    cooldown: time(),
    probes: rule('an integer from 1 up', isCount(1)),
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
  check(caller, options, { ...optionRules, ...also }, '');
}

/** @throws TypeError as {@link checkOptions} does */
export function checkMergeOptions(caller: string, project: unknown, options: unknown): void {
  if (!isFunction(project))
    throw new TypeError(`${caller}: expected project to be a function, got ${received(project)}`);
  check(caller, options, { concurrency: optionRules.concurrency }, '');
}

/** @throws TypeError as {@link checkOptions} does */
export function checkInOrderOptions(caller: string, options: unknown): void {
  check(caller, options, { window: rule('an integer from 1 up', isCount(1)) }, '');
}

/** @throws TypeError as {@link checkOptions} does */
export function checkWorkerOptions(caller: string, options: unknown): void {
  check(
    caller,
    options,
    {
      concurrency: rule('an integer from 1 up', (value) => isCount(1)(value) && value !== Infinity),
      name: rule('the name of an export', (value) => typeof value === 'string' && value !== ''),
      transfer: rule('a function of the value that returns what is moved', isFunction),
      idleTimeout: rule('a number of ms from 0 up', isFromZero),
    },
    '',
  );
}

function check(
  caller: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  path: string,
): void {
  if (!isObject(options))
    throw new TypeError(`${caller}: expected options to be an object, got ${received(options)}`);
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
    return `an object (${(value as { constructor?: { name: string } }).constructor?.name ?? 'no prototype'})`;
  }
  if (typeof value === 'function') return 'a function';
  const primitive = value as number | bigint | boolean | symbol;
  return `\`${String(primitive)}\` (${typeof primitive})`;
}
