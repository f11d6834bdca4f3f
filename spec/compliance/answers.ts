import {
  concat,
  EMPTY,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  throwError,
  timer,
  type SchedulerLike,
} from 'rxjs';
import type { FailureKind, Page } from 'sluice';
import { page } from 'sluice/testing';
import { throwable, throwableNames, type ThrowableName } from './throwables.js';

/** What becomes of an attempt. `kind` is left out where it does not matter. */
export type Outcome =
  { readonly ok: true } | { readonly ok: false; readonly kind?: FailureKind; readonly retryable: boolean };

/** What a transport does when it is asked: it may throw, and return anything. */
interface Answer {
  readonly give: (
    url: string,
    clock: SchedulerLike,
    watched: <T>(pages$: Observable<T>) => Observable<T>,
  ) => unknown;
  readonly outcome: Outcome;
}

const success: Outcome = { ok: true };
const failure = (kind?: FailureKind, retryable = false): Outcome =>
  kind === undefined ? { ok: false, retryable } : { ok: false, kind, retryable };

/** More than anybody takes. */
const mostPages = 10_000;

function pagesForEver(url: string): Observable<Page> {
  return new Observable((subscriber) => {
    for (let pages = 0; !subscriber.closed; pages++) {
      if (pages === mostPages) throw new Error('nobody stops this transport');
      subscriber.next(page(url));
    }
  });
}

/** A rejection that nobody need hear of: who asked for it may have gone. */
export function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => undefined);
  return promise;
}

const answersThatEnd = {
  'a page': { give: (url, _, watched) => watched(of(page(url))), outcome: success },
  'a page later': {
    give: (url, clock, watched) => watched(timer(3, clock).pipe(map(() => page(url)))),
    outcome: success,
  },
  'a page without an end': {
    give: (url, _, watched) => watched(concat(of(page(url)), NEVER)),
    outcome: success,
  },
  'a page later without an end': {
    give: (url, clock, watched) =>
      watched(timer(2, clock).pipe(mergeMap(() => concat(of(page(url)), NEVER)))),
    outcome: success,
  },
  'two pages': { give: (url, _, watched) => watched(of(page(url), page(url))), outcome: success },
  'two pages later': {
    give: (url, clock, watched) => watched(timer(1, clock).pipe(mergeMap(() => of(page(url), page(url))))),
    outcome: success,
  },
  'pages for ever': { give: (url, _, watched) => watched(pagesForEver(url)), outcome: success },
  'a page, then an error': {
    give: (url, _, watched) =>
      watched(
        concat(
          of(page(url)),
          throwError(() => new Error('late')),
        ),
      ),
    outcome: success,
  },
  'status 404': {
    give: (url, _, watched) => watched(of(page(url, { status: 404 }))),
    outcome: failure('http'),
  },
  'status 503': {
    give: (url, _, watched) => watched(of(page(url, { status: 503 }))),
    outcome: failure('http', true),
  },
  'status 429 later': {
    give: (url, clock, watched) =>
      watched(timer(1, clock).pipe(map(() => page(url, { status: 429, headers: { 'retry-after': '1' } })))),
    outcome: failure('http', true),
  },
  'no page': { give: (_, __, watched) => watched(EMPTY), outcome: failure('unknown') },
  'no page later': {
    give: (_, clock, watched) => watched(timer(2, clock).pipe(mergeMap(() => EMPTY))),
    outcome: failure('unknown'),
  },
  'null for a page': { give: (_, __, watched) => watched(of(null)), outcome: failure() },
  'an empty object for a page': { give: (_, __, watched) => watched(of({})), outcome: failure() },
  'a promise': { give: (url) => Promise.resolve(page(url)), outcome: success },
  'a promise that rejects': { give: () => rejected(new Error('rejected')), outcome: failure('unknown') },
  'an array of a page': { give: (url) => [page(url)], outcome: success },
  'an empty array': { give: () => [], outcome: failure('unknown') },
  undefined: { give: () => undefined, outcome: failure('unknown') },
  null: { give: () => null, outcome: failure('unknown') },
  'a number': { give: () => 42, outcome: failure('unknown') },
  'an empty object': { give: () => ({}), outcome: failure('unknown') },
  'an Observable that throws': {
    give: () =>
      new Observable(() => {
        throw new Error('while being subscribed');
      }),
    outcome: failure('unknown'),
  },
} as const satisfies Record<string, Answer>;

const answersWithoutEnd = {
  never: { give: (_, __, watched) => watched(NEVER), outcome: failure('timeout', true) },
  'a promise that stays': { give: () => new Promise(() => undefined), outcome: failure('timeout', true) },
} as const satisfies Record<string, Answer>;

const ways = ['fails with', 'fails later with', 'throws'] as const;

export type AnswerName =
  keyof typeof answersThatEnd | keyof typeof answersWithoutEnd | `${(typeof ways)[number]} ${ThrowableName}`;

function failing(way: (typeof ways)[number], name: ThrowableName): Answer {
  const { make, kind, retryable = false } = throwable(name);
  const give: Answer['give'] = (_, clock, watched) => {
    if (way === 'throws') throw make();
    const error$ = throwError(make);
    return watched(way === 'fails with' ? error$ : timer(2, clock).pipe(mergeMap(() => error$)));
  };
  return { give, outcome: failure(kind, retryable) };
}

const answers: ReadonlyMap<AnswerName, Answer> = new Map<AnswerName, Answer>([
  ...(Object.entries(answersThatEnd) as [AnswerName, Answer][]),
  ...(Object.entries(answersWithoutEnd) as [AnswerName, Answer][]),
  ...ways.flatMap((way) =>
    throwableNames.map((name): [AnswerName, Answer] => [`${way} ${name}`, failing(way, name)]),
  ),
]);

export const answerNames = [...answers.keys()];

export function answer(name: AnswerName): Answer {
  const known = answers.get(name);
  if (!known) throw new Error(`No such answer: ${name}`);
  return known;
}
