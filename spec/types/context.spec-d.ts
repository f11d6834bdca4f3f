// The caller's context keeps its type from the input to the batch. Checked by tsc; nothing here runs.
import { from, of, type Observable } from 'rxjs';
import {
  catchFailure,
  createFetcher,
  failures,
  fetchEach,
  fetchFrom,
  fetchPage,
  inOrder,
  iterate,
  mapSuccess,
  successes,
  tapResult,
  toAsyncIterable,
  toBatch,
  toBatchOrThrow,
  toFirstSuccess,
  type FetchFailure,
  type FetchInput,
  type FetchOptions,
  type FetchRequest,
  type FetchResult,
  type FetchSuccess,
  type Page,
} from 'sluice';
import { expectTypeOf } from 'vitest';

interface Row {
  readonly row: number;
}
declare const requests: FetchRequest<Row>[];
declare const results$: Observable<FetchResult<Page, Row>>;

// options that a function of the caller's hands on say nothing of the context: the inputs do
declare const handedOn: FetchOptions;
expectTypeOf(from(requests).pipe(fetchEach({ concurrency: 2, ...handedOn }))).toEqualTypeOf<
  typeof results$
>();

// starting points take it from their inputs, whatever gives them
expectTypeOf(fetchFrom(requests)).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(fetchFrom(new Set(requests))).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(
  fetchFrom(
    (async function* () {
      yield* requests;
    })(),
  ),
).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(fetchFrom(new ReadableStream<FetchRequest<Row>>())).toEqualTypeOf<
  Observable<FetchResult<Page, Row>>
>();
expectTypeOf(iterate(requests)).toEqualTypeOf<AsyncIterable<FetchResult<Page, Row>>>();
expectTypeOf(toAsyncIterable(results$)).toEqualTypeOf<AsyncIterable<FetchResult<Page, Row>>>();
expectTypeOf(createFetcher().fetchFrom(requests)).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();

// fetchEach takes it from what is piped into it
expectTypeOf(from(requests).pipe(fetchEach())).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(from(requests).pipe(fetchEach({ concurrency: 4 }))).toEqualTypeOf<
  Observable<FetchResult<Page, Row>>
>();
expectTypeOf(from(requests).pipe(createFetcher().fetchEach())).toEqualTypeOf<
  Observable<FetchResult<Page, Row>>
>();

// a string or a URL has none
expectTypeOf(fetchFrom(['http://a/'])).toEqualTypeOf<Observable<FetchResult>>();
expectTypeOf(fetchFrom([new URL('http://a/')])).toEqualTypeOf<Observable<FetchResult>>();
expectTypeOf(of('http://a/').pipe(fetchEach())).toEqualTypeOf<Observable<FetchResult>>();

// inputs may be of several kinds
expectTypeOf(fetchFrom(['http://a/', { url: 'http://b/', context: { row: 1 } }])).toEqualTypeOf<
  Observable<FetchResult<Page, { row: number }>>
>();
declare const inputs: FetchInput<Row>[];
expectTypeOf(fetchFrom(inputs)).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();

// operators hand it on
expectTypeOf(results$.pipe(mapSuccess((page) => page.status))).toEqualTypeOf<
  Observable<FetchResult<number, Row>>
>();
expectTypeOf(results$.pipe(catchFailure(() => 0))).toEqualTypeOf<
  Observable<FetchResult<Page | number, Row>>
>();
expectTypeOf(results$.pipe(tapResult(() => undefined))).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(results$.pipe(inOrder())).toEqualTypeOf<Observable<FetchResult<Page, Row>>>();
expectTypeOf(results$.pipe(successes())).toEqualTypeOf<Observable<FetchSuccess<Page, Row>>>();
expectTypeOf(results$.pipe(failures())).toEqualTypeOf<Observable<FetchFailure<Row>>>();
expectTypeOf(results$.pipe(toBatch())).toEqualTypeOf<Observable<FetchResult<Page, Row>[]>>();
expectTypeOf(results$.pipe(successes(), toBatch())).toEqualTypeOf<Observable<FetchSuccess<Page, Row>[]>>();
expectTypeOf(results$.pipe(toBatchOrThrow())).toEqualTypeOf<Observable<Page[]>>();
expectTypeOf(results$.pipe(toFirstSuccess())).toEqualTypeOf<
  Observable<FetchSuccess<Page, Row> | FetchFailure<Row>[]>
>();

// callbacks are told
void results$.pipe(
  mapSuccess((page, { request }) => {
    expectTypeOf(page).toEqualTypeOf<Page>();
    expectTypeOf(request.context).toEqualTypeOf<Row | undefined>();
    return request.context?.row ?? page.status;
  }),
  catchFailure((error, { request }) => {
    expectTypeOf(error.kind).toBeString();
    expectTypeOf(request.context).toEqualTypeOf<Row | undefined>();
    return -1;
  }),
  tapResult(({ request }) => {
    expectTypeOf(request.context).toEqualTypeOf<Row | undefined>();
  }),
);
void fetchFrom(requests, {
  project: (page, { context }) => {
    expectTypeOf(page).toEqualTypeOf<Page>();
    expectTypeOf(context).toEqualTypeOf<Row | undefined>();
    return 1;
  },
});
void fetchPage(requests[0] ?? 'http://a/', {
  project: (_, { context }) => {
    expectTypeOf(context).toEqualTypeOf<Row | undefined>();
    return 1;
  },
});
