import { map, type Observable } from 'rxjs';
import { isDeepStrictEqual, inspect } from 'node:util';
import type { FailureKind } from '../model/fetch-error.js';
import type { FetchResult } from '../model/result.js';
import { marbleTransport, type MarbleTransport, type MarbleValues, type Route } from './marble-transport.js';
import { page } from './pages.js';
import { TestScheduler, type RunHelpers } from './rxjs-testing.js';

/** What is expected of a record; what is left out is not compared. */
export interface ExpectedResult {
  readonly index?: number;
  readonly ok?: boolean;
  readonly url?: string;
  readonly kind?: FailureKind;
  readonly phase?: string;
  readonly attempts?: number;
  readonly waited?: number;
  readonly duration?: number;
  readonly value?: unknown;
}

/** What `expectResults` returns. */
export interface ResultsToBe {
  /**
   * A letter stands for the record of an input: `a` the first, `b` the second …; a capital for its failure.
   * `expected` says more of a letter, or gives it another meaning.
   */
  toBe(diagram: string, expected?: Readonly<Record<string, ExpectedResult>>, error?: unknown): void;
}

/** RxJS's helpers and sluice's. */
export interface MarbleHelpers extends RunHelpers {
  readonly scheduler: TestScheduler;
  /** A transport whose answers are diagrams, one an attempt. */
  transport(routes: Readonly<Record<string, Route>>, values?: MarbleValues, error?: unknown): MarbleTransport;
  readonly page: typeof page;
  /** Compares records by when they come, which input they are of, and what else `toBe` says. */
  expectResults<T, C>(results$: Observable<FetchResult<T, C>>, unsubscription?: string): ResultsToBe;
}

/** Throws when `actual` and `expected` differ. */
export type AssertDeepEqual = (actual: unknown, expected: unknown) => void;

/**
 * A test in virtual time, for any test runner: `it('…', marbles(({ transport, expectResults }) => { … }))`.
 *
 * @param assertDeepEqual your runner's, for its own reports; Node's by default
 * @example
 * it('a waiting retry holds no slot', marbles(({ transport, expectResults }) => {
 *   const net = transport({ 'http://a/': ['-#', '-(p|)'], 'http://b/': '-(p|)' });
 *   const options = { transport: net, concurrency: 1, retry: { limit: 1, backoff: () => 5 } };
 *   expectResults(fetchFrom(['http://a/', 'http://b/'], options)).toBe('--b----(a|)');
 * }));
 */
export function marbles(body: (helpers: MarbleHelpers) => void): () => void;
export function marbles(assertDeepEqual: AssertDeepEqual, body: (helpers: MarbleHelpers) => void): () => void;
export function marbles(
  first: AssertDeepEqual | ((helpers: MarbleHelpers) => void),
  second?: (helpers: MarbleHelpers) => void,
): () => void {
  const assertDeepEqual = second ? (first as AssertDeepEqual) : nodeDeepEqual;
  const body = second ?? (first as (helpers: MarbleHelpers) => void);
  return () => {
    const scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
      assertDeepEqual(onlyExpected(actual, expected), plain(expected));
    });
    scheduler.run((helpers) => {
      body({
        ...helpers,
        scheduler,
        page,
        transport: (routes, values, error) => marbleTransport(scheduler, routes, values, error),
        expectResults: (results$, unsubscription) => ({
          toBe(diagram, expected = {}, error) {
            helpers
              .expectObservable(results$.pipe(map(summary)), unsubscription)
              .toBe(diagram, lettersOf(diagram, expected), error);
          },
        }),
      });
    });
  };
}

/** Marks expected values of which only what they say is compared. */
class Partly {
  constructor(readonly expected: ExpectedResult) {}
}

function summary<T, C>(result: FetchResult<T, C>): ExpectedResult {
  const { index, ok, request, attempts, waited, duration } = result;
  const common = { index, ok, url: String(request.url), attempts, waited, duration };
  if (result.ok) return { ...common, value: result.value };
  const { kind, phase } = result.error;
  return phase ? { ...common, kind, phase } : { ...common, kind };
}

function lettersOf(
  diagram: string,
  expected: Readonly<Record<string, ExpectedResult>>,
): Record<string, Partly> {
  const letters: Record<string, Partly> = {};
  for (const letter of diagram.match(/[A-Za-z0-9]/g) ?? []) {
    const input = /[a-z]/i.test(letter) ? { index: letter.toLowerCase().charCodeAt(0) - 97 } : {};
    const ok = /[a-z]/.test(letter) ? { ok: true } : /[A-Z]/.test(letter) ? { ok: false } : {};
    letters[letter] = new Partly(expected[letter] ?? { ...input, ...ok });
  }
  return letters;
}

interface Frame {
  readonly frame: number;
  readonly notification: { readonly kind: string; readonly value?: unknown };
}

function isFrames(value: unknown): value is Frame[] {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item === 'object' && item !== null && 'notification' in item)
  );
}

/** What was seen, less what nobody expects anything of. */
function onlyExpected(actual: unknown, expected: unknown): unknown {
  if (!isFrames(actual) || !isFrames(expected)) return actual;
  return actual.map((seen, position) => {
    const wanted = expected[position]?.notification.value;
    if (!(wanted instanceof Partly) || seen.notification.kind !== 'N') return seen;
    const value = seen.notification.value as Record<string, unknown>;
    const picked = Object.keys(wanted.expected).map((key) => [key, value[key]]);
    return { ...seen, notification: { ...seen.notification, value: Object.fromEntries(picked) as unknown } };
  });
}

function plain(expected: unknown): unknown {
  if (!isFrames(expected)) return expected;
  return expected.map((frame) => {
    const { value } = frame.notification;
    if (!(value instanceof Partly)) return frame;
    return { ...frame, notification: { ...frame.notification, value: { ...value.expected } } };
  });
}

function nodeDeepEqual(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const show = (value: unknown): string => inspect(value, { depth: 6, sorted: true });
  throw new Error(`Expected\n${show(expected)}\ngot\n${show(actual)}`);
}
