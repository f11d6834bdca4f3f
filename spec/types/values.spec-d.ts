// The value of a record has the type that callbacks give it. Checked by tsc; nothing here runs.
import { EMPTY, from, of, type Observable } from 'rxjs';
import {
  catchFailure,
  createFetcher,
  fetchEach,
  fetchFrom,
  fetchPage,
  iterate,
  mapSuccess,
  mergeFrom,
  successes,
  toBatch,
  toBatchOrThrow,
  type FailureKind,
  type FetchError,
  type FetchFailure,
  type FetchResult,
  type FetchSuccess,
  type Page,
} from 'sluice';
import { expectTypeOf } from 'vitest';

const urls = ['http://a/'];
declare const pages$: Observable<FetchResult>;
declare const strings$: Observable<FetchResult<string>>;

// a record is narrowed by `ok`
declare const result: FetchResult<number, { readonly row: 1 }>;
if (result.ok) {
  expectTypeOf(result).toEqualTypeOf<FetchSuccess<number, { readonly row: 1 }>>();
  expectTypeOf(result.value).toBeNumber();
} else {
  expectTypeOf(result).toEqualTypeOf<FetchFailure<{ readonly row: 1 }>>();
  expectTypeOf(result.error).toEqualTypeOf<FetchError>();
}
// @ts-expect-error a record that is not narrowed has no error
expectTypeOf(result.error);

// the kind of an error is one of a closed set
declare const error: FetchError;
const isKind = (kind: FailureKind): boolean => kind === error.kind;
isKind('timeout');
// @ts-expect-error there is no such kind
isKind('time-out');
expectTypeOf(error.phase).toEqualTypeOf<
  'queue' | 'connect' | 'headers' | 'body' | 'attempt' | 'total' | 'project' | undefined
>();

// a page is a page until somebody changes it
expectTypeOf(fetchFrom(urls)).toEqualTypeOf<Observable<FetchResult>>();
expectTypeOf(fetchPage('http://a/')).toEqualTypeOf<Observable<Page>>();
expectTypeOf(createFetcher().fetchPage('http://a/')).toEqualTypeOf<Observable<Page>>();

// project: the value itself …
expectTypeOf(fetchFrom(urls, { project: (page) => page.status })).toEqualTypeOf<
  Observable<FetchResult<number>>
>();
expectTypeOf(fetchFrom(urls, { project: (page) => page.text() })).toEqualTypeOf<
  Observable<FetchResult<string>>
>();
expectTypeOf(fetchFrom(urls, { project: () => ['a', 'b'] })).toEqualTypeOf<
  Observable<FetchResult<string[]>>
>();
expectTypeOf(fetchFrom(urls, { project: () => new Set([1]) })).toEqualTypeOf<
  Observable<FetchResult<Set<number>>>
>();
// … or what gives it later
expectTypeOf(fetchFrom(urls, { project: () => Promise.resolve(1) })).toEqualTypeOf<
  Observable<FetchResult<number>>
>();
expectTypeOf(
  fetchFrom(urls, {
    project: async (page) => {
      await Promise.resolve();
      return page.text();
    },
  }),
).toEqualTypeOf<Observable<FetchResult<string>>>();
expectTypeOf(fetchFrom(urls, { project: (page) => of(page.text(), 'last') })).toEqualTypeOf<
  Observable<FetchResult<string>>
>();
expectTypeOf(
  fetchFrom(urls, {
    project: async function* (page) {
      yield page.status;
    },
  }),
).toEqualTypeOf<Observable<FetchResult<number>>>();
expectTypeOf(
  fetchFrom(urls, {
    project: function* (page) {
      yield page.status;
    },
  }),
).toEqualTypeOf<Observable<FetchResult<number>>>();

// wherever it may be given
expectTypeOf(of('http://a/').pipe(fetchEach({ project: () => 1 }))).toEqualTypeOf<
  Observable<FetchResult<number>>
>();
expectTypeOf(fetchPage('http://a/', { project: () => Promise.resolve(1) })).toEqualTypeOf<
  Observable<number>
>();
expectTypeOf(iterate(urls, { project: () => 1 })).toEqualTypeOf<AsyncIterable<FetchResult<number>>>();
expectTypeOf(createFetcher().fetchFrom(urls, { project: () => 1 })).toEqualTypeOf<
  Observable<FetchResult<number>>
>();

// mapSuccess changes it
expectTypeOf(pages$.pipe(mapSuccess((page) => page.status))).toEqualTypeOf<Observable<FetchResult<number>>>();
expectTypeOf(pages$.pipe(mapSuccess(() => ['a']))).toEqualTypeOf<Observable<FetchResult<string[]>>>();
expectTypeOf(pages$.pipe(mapSuccess(() => Promise.resolve(true)))).toEqualTypeOf<
  Observable<FetchResult<boolean>>
>();
expectTypeOf(pages$.pipe(mapSuccess(() => of(1)))).toEqualTypeOf<Observable<FetchResult<number>>>();
expectTypeOf(
  pages$.pipe(
    mapSuccess((page) => page.text()),
    mapSuccess((text) => text.length),
  ),
).toEqualTypeOf<Observable<FetchResult<number>>>();

// catchFailure adds to it
expectTypeOf(strings$.pipe(catchFailure(() => ''))).toEqualTypeOf<Observable<FetchResult<string>>>();
expectTypeOf(strings$.pipe(catchFailure(() => null))).toEqualTypeOf<Observable<FetchResult<string | null>>>();
expectTypeOf(strings$.pipe(catchFailure(() => Promise.resolve(0)))).toEqualTypeOf<
  Observable<FetchResult<string | number>>
>();
expectTypeOf(
  strings$.pipe(
    catchFailure((failed): never => {
      throw failed;
    }),
  ),
).toEqualTypeOf<Observable<FetchResult<string>>>();

// what joins hands it on
expectTypeOf(strings$.pipe(toBatch())).toEqualTypeOf<Observable<FetchResult<string>[]>>();
expectTypeOf(strings$.pipe(toBatchOrThrow())).toEqualTypeOf<Observable<string[]>>();
expectTypeOf(strings$.pipe(successes())).toEqualTypeOf<Observable<FetchSuccess<string>>>();

// mergeFrom gives what its project gives
expectTypeOf(mergeFrom([1, 2], (n) => of(String(n)))).toEqualTypeOf<Observable<string>>();
expectTypeOf(mergeFrom([1, 2], (n, index) => Promise.resolve(n + index))).toEqualTypeOf<Observable<number>>();
expectTypeOf(mergeFrom(new Set(['a']), (text) => from([text.length]))).toEqualTypeOf<Observable<number>>();
expectTypeOf(mergeFrom([1], () => EMPTY)).toEqualTypeOf<Observable<never>>();
// @ts-expect-error a number is nothing to subscribe to
void mergeFrom([1], (n) => n);
