import {
  catchError,
  concat,
  delay,
  EMPTY,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  throwError,
  timer,
  type SchedulerLike,
} from 'rxjs';
import {
  catchFailure,
  inOrder,
  mapSuccess,
  tapResult,
  type FetchResult,
  type Interceptor,
  type Page,
} from 'sluice';
import { page } from 'sluice/testing';
import { rejected, type Outcome } from './answers.js';
import { throwable, throwableNames, type ThrowableName } from './throwables.js';

const success: Outcome = { ok: true };
const failed: Outcome = { ok: false, kind: 'project', retryable: false };

/** A page callback of some kind, and what becomes of the attempt. */
interface Project {
  readonly call: (page: Page, clock: SchedulerLike) => unknown;
  readonly outcome: Outcome;
}

const projectTable = {
  'returns a value': { call: ({ url }) => url, outcome: success },
  'returns undefined': { call: () => undefined, outcome: success },
  'returns an array': { call: () => [1, 2], outcome: success },
  'returns a promise': { call: ({ url }) => Promise.resolve(url), outcome: success },
  'returns a promise that rejects': { call: () => rejected(new Error('rejected')), outcome: failed },
  'returns an Observable': { call: ({ url }) => of(url), outcome: success },
  'returns an Observable of much': { call: ({ url }) => of(1, 2, url), outcome: success },
  'returns an Observable of much later': {
    call: ({ url }, clock) =>
      timer(1, 1, clock)
        .pipe(mergeMap((n) => (n === 2 ? of(url) : of(n))))
        .pipe(takeThree()),
    outcome: success,
  },
  'returns an empty Observable': { call: () => EMPTY, outcome: failed },
  'returns an Observable that never ends': {
    call: () => NEVER,
    outcome: { ok: false, kind: 'timeout', retryable: false },
  },
  'returns an Observable that errors': {
    call: () =>
      concat(
        of(1),
        throwError(() => new Error('late')),
      ),
    outcome: failed,
  },
  'returns an Observable that throws': {
    call: () =>
      new Observable(() => {
        throw new Error('while being subscribed');
      }),
    outcome: failed,
  },
  'returns a generator': {
    call: function* ({ url }) {
      yield 1;
      yield url;
    },
    outcome: success,
  },
  'returns an async generator': {
    call: async function* ({ url }) {
      yield 1;
      yield url;
    },
    outcome: success,
  },
  'returns an async generator that throws': {
    call: async function* () {
      yield 1;
      throw new Error('late');
    },
    outcome: failed,
  },
  'returns what cannot be read': {
    call: () => ({
      get then() {
        throw new Error('then cannot be read');
      },
    }),
    outcome: failed,
  },
} as const satisfies Record<string, Project>;

function takeThree<T>() {
  return (source: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      let seen = 0;
      return source.subscribe((value) => {
        subscriber.next(value);
        if (++seen === 3) subscriber.complete();
      });
    });
}

export type ProjectName = keyof typeof projectTable | `throws ${ThrowableName}`;

const projects: ReadonlyMap<ProjectName, Project> = new Map<ProjectName, Project>([
  ...(Object.entries(projectTable) as [ProjectName, Project][]),
  ...throwableNames.map((name): [ProjectName, Project] => [
    `throws ${name}`,
    {
      call: () => {
        throw throwable(name).make();
      },
      outcome: failed,
    },
  ]),
]);

export const projectNames = [...projects.keys()];

export function project(name: ProjectName): Project {
  const known = projects.get(name);
  if (!known) throw new Error(`No such project: ${name}`);
  return known;
}

/** Interceptors; only the first leaves what becomes of the attempt as it is. */
export const interceptors = {
  'passes on': () => (request, next) => next(request),
  'passes on later': (clock) => (request, next) => timer(1, clock).pipe(mergeMap(() => next(request))),
  'asks twice': () => (request, next) => concat(next(request), next(request)),
  'answers by itself': () => (request) => of(page(String(request.url))),
  'mends failures': () => (request, next) =>
    from(next(request)).pipe(catchError(() => of(page(String(request.url), { status: 404 })))),
  'slows down': (clock) => (request, next) => from(next(request)).pipe(delay(2, clock)),
  throws: () => () => {
    throw new Error('an interceptor throws');
  },
  'returns a promise': () => (request) =>
    Promise.resolve(page(String(request.url))) as unknown as Observable<Page>,
  'returns nothing': () => () => undefined as unknown as Observable<Page>,
  'never answers': () => () => NEVER,
} as const satisfies Record<string, (clock: SchedulerLike) => Interceptor>;

export type InterceptorName = keyof typeof interceptors;

export const interceptorNames = Object.keys(interceptors) as InterceptorName[];

/** Back-offs; `breaks` are answered with a failure of kind `project`. */
export const backoffs = {
  'at once': { wait: () => 0 },
  'one ms': { wait: () => 1 },
  random: { wait: (_retry: number, random: () => number) => Math.floor(random() * 20) },
  growing: { wait: (retry: number) => 2 ** retry },
  'to NaN': { wait: () => NaN, breaks: true },
  'to Infinity': { wait: () => Infinity, breaks: true },
  'below 0': { wait: () => -1, breaks: true },
  'to a string': { wait: () => '5' as unknown as number, breaks: true },
  'to undefined': { wait: () => undefined as unknown as number, breaks: true },
  throwing: {
    wait: () => {
      throw new Error('back-off breaks');
    },
    breaks: true,
  },
  'throwing what cannot be read': {
    wait: () => {
      throw throwable('an Error that cannot be read').make();
    },
    breaks: true,
  },
} as const satisfies Record<string, { wait: (retry: number, random: () => number) => number; breaks?: true }>;

export type BackoffName = keyof typeof backoffs;

export const backoffNames = Object.keys(backoffs) as BackoffName[];

type Records = FetchResult<unknown>;

/** Operators that let every record through as it is, whatever else they do. */
export const passages = {
  mapSuccess: () => mapSuccess((value: unknown) => value),
  'mapSuccess to a promise': () => mapSuccess((value: unknown) => Promise.resolve(value)),
  'mapSuccess later': (clock) => mapSuccess((value: unknown) => timer(2, clock).pipe(map(() => value))),
  'catchFailure that throws it again': () =>
    catchFailure((error) => {
      throw error;
    }),
  'catchFailure that rejects with it': () => catchFailure((error) => rejected(error)),
  tapResult: () => tapResult(() => undefined),
  'inOrder at 1': () => inOrder<Records>({ window: 1 }),
  'inOrder at 3': () => inOrder<Records>({ window: 3 }),
  inOrder: () => inOrder<Records>(),
} as const satisfies Record<
  string,
  (clock: SchedulerLike) => (records$: Observable<Records>) => Observable<Records>
>;

export type PassageName = keyof typeof passages;

export const passageNames = Object.keys(passages) as PassageName[];

/** Those that have records under way. */
export const passagesThatTakeTime: readonly PassageName[] = [
  'mapSuccess to a promise',
  'mapSuccess later',
  'catchFailure that rejects with it',
];
