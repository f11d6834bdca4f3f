import fc from 'fast-check';
import { answerNames, type AnswerName } from './answers.js';
import {
  backoffNames,
  interceptorNames,
  passageNames,
  passagesThatTakeTime,
  projectNames,
  type BackoffName,
  type InterceptorName,
  type PassageName,
  type ProjectName,
} from './callbacks.js';
import type { Ending, Farewell } from './feed.js';
import { inputNames, type InputName } from './inputs.js';

/** Where code that is not the library's runs, and may do what it likes. */
export const points = [
  'iterate',
  'pull',
  'read',
  'interceptor',
  'transport',
  'subscribe',
  'teardown',
  'acceptStatus',
  'project',
  'backoff',
  'random',
  'event pull',
  'event start',
  'event wait',
  'event settle',
  'next',
  'concurrency',
] as const;

export type Point = (typeof points)[number];

/** What it may do there. */
export const deeds = ['abort', 'drain', 'unsubscribe', 'close'] as const;

export type Deed = (typeof deeds)[number];

export interface Plan {
  readonly deed: Deed;
  /** After so many ms, or when code runs at `point` for the nth time (from 1). */
  readonly when: number | { readonly point: Point; readonly nth: number };
}

/** A run, in words: what a counterexample prints can be pasted into a test. */
export interface Scenario {
  readonly inputs: readonly InputName[];
  /** What the transport does: a list of attempts for each input; the last one is repeated. */
  readonly answers: readonly (readonly AnswerName[])[];
  readonly ending: Ending;
  readonly farewell: Farewell;
  /** Time between inputs in ms; 0 for all at once. */
  readonly pace: number;
  /** What it begins with, and what it is changed to: [after ms, limit]. */
  readonly concurrency: number;
  readonly changes?: readonly (readonly [number, number])[];
  readonly lookahead: number;
  /** In ms. */
  readonly attemptTime: number;
  readonly totalTime?: number;
  readonly retries: number;
  readonly backoff: BackoffName;
  readonly acceptStatus?: 'throws' | 'everything';
  readonly project?: ProjectName;
  readonly interceptors: readonly InterceptorName[];
  readonly passages: readonly PassageName[];
  readonly events: 'absent' | 'present' | 'throwing';
  /** Time that a `for await` loop takes for a record in ms. */
  readonly bodyTime: number;
  /** Whether a pipeline that shares the fetcher is there before this one. */
  readonly neighbourFirst: boolean;
  /** The consumer throws at its nth record. */
  readonly throwsAt?: number;
  readonly plan?: Plan;
}

/** A run without anything special; a test says what is special about its own. */
export const plain: Scenario = {
  inputs: ['a string', 'a string', 'a string', 'a string'],
  answers: [['a page']],
  ending: 'completes',
  farewell: 'returns',
  pace: 0,
  concurrency: 2,
  lookahead: 1_000,
  attemptTime: 50,
  retries: 0,
  backoff: 'one ms',
  interceptors: [],
  passages: [],
  events: 'absent',
  bodyTime: 0,
  neighbourFirst: true,
};

/** Half of them ordinary: what is always strange is never deep. */
function mostly<T>(ordinary: readonly T[], all: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ordinary) },
    { weight: 2, arbitrary: fc.constantFrom(...all) },
  );
}

const ordinaryAnswers: readonly AnswerName[] = [
  'a page',
  'a page later',
  'a page later without an end',
  'status 503',
  'fails with a retryable FetchError',
  'fails later with a retryable FetchError',
];

const plan: fc.Arbitrary<Plan> = fc.record({
  deed: fc.constantFrom(...deeds),
  when: fc.oneof(
    fc.nat(60),
    fc.record({ point: fc.constantFrom(...points), nth: fc.integer({ min: 1, max: 6 }) }),
  ),
});

function sometimes<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Any run at all. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    inputs: fc.array(mostly(['a string'], inputNames), { maxLength: 14 }),
    answers: fc.array(fc.array(mostly(ordinaryAnswers, answerNames), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 6,
    }),
    ending: fc.constantFrom<Ending>('completes', 'completes', 'throws', 'stays open'),
    farewell: fc.constantFrom<Farewell>('returns', 'throws', 'is absent'),
    pace: fc.constantFrom(0, 0, 2),
    concurrency: fc.integer({ min: 1, max: 4 }),
    changes: sometimes(fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { minLength: 1, maxLength: 4 })),
    lookahead: fc.constantFrom(0, 1, 2, 1_000),
    attemptTime: fc.constantFrom(5, 50, Infinity),
    totalTime: sometimes(fc.integer({ min: 1, max: 40 })),
    retries: fc.nat(3),
    backoff: mostly(['one ms', 'random'], backoffNames),
    acceptStatus: fc.constantFrom(undefined, undefined, undefined, 'throws' as const, 'everything' as const),
    project: sometimes(fc.constantFrom(...projectNames)),
    interceptors: mostly([[]], [
      ...interceptorNames.map((name) => [name]),
      ['slows down', 'passes on'],
    ] as const),
    passages: fc.array(fc.constantFrom(...passageNames), { maxLength: 2 }),
    events: fc.constantFrom('absent' as const, 'present' as const, 'throwing' as const),
    bodyTime: fc.constantFrom(0, 0, 3),
    neighbourFirst: fc.boolean(),
    throwsAt: sometimes(fc.integer({ min: 1, max: 5 })),
    plan: sometimes(plan),
  })
  .map(
    (drawn) =>
      Object.fromEntries(
        Object.entries(drawn).filter(([, value]) => value !== undefined),
      ) as unknown as Scenario,
  )
  .filter(endsInTime)
  .filter(losesNothing);

/** An attempt that may take for ever needs an answer that does not. */
function endsInTime({ attemptTime, totalTime, answers, project, interceptors }: Scenario): boolean {
  if (attemptTime !== Infinity || totalTime !== undefined) return true;
  return (
    !answers.flat().some((name) => name === 'never' || name === 'a promise that stays') &&
    project !== 'returns an Observable that never ends' &&
    !interceptors.includes('never answers')
  );
}

/** An error of the source overtakes what these operators have under way, as it does in `mergeMap`. */
function losesNothing({ ending, passages }: Scenario): boolean {
  return ending !== 'throws' || !passages.some((name) => passagesThatTakeTime.includes(name));
}
