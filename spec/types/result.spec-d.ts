// `npm run types` tests types: an `expectTypeOf` that does not hold is an error of tsc's, and so is a
// `@ts-expect-error` above a line that compiles. Nothing here runs.
import { of, type Observable } from 'rxjs';
import {
  fetchEach,
  fetchFrom,
  mapSuccess,
  toBatch,
  type FetchError,
  type FetchOptions,
  type FetchRequest,
  type FetchResult,
  type Page,
} from 'sluice';
import { expectTypeOf } from 'vitest';

declare const result: FetchResult<Page, { readonly row: number }>;

// a record is narrowed by `ok`
if (result.ok) expectTypeOf(result.value).toEqualTypeOf<Page>();
else expectTypeOf(result.error).toEqualTypeOf<FetchError>();
// @ts-expect-error a failure has no value
expectTypeOf(result.value).toBeUnknown();

// the caller's context comes back with its type, through every operator
const inputs: FetchRequest<{ row: number }>[] = [{ url: 'http://localhost/', context: { row: 1 } }];
expectTypeOf(fetchFrom(inputs)).toEqualTypeOf<Observable<FetchResult<Page, { row: number }>>>();
expectTypeOf(
  fetchFrom(inputs).pipe(
    mapSuccess((page, { request }) => `${request.context?.row ?? 0}: ${page.status}`),
    toBatch(),
  ),
).toEqualTypeOf<Observable<FetchResult<string, { row: number }>[]>>();

// `project` sets the type of the value, whether it returns it or gives it later
expectTypeOf(fetchFrom(['http://localhost/'], { project: (page) => page.status })).toEqualTypeOf<
  Observable<FetchResult<number>>
>();
expectTypeOf(of('http://localhost/').pipe(fetchEach({ project: (page) => of(page.text()) }))).toEqualTypeOf<
  Observable<FetchResult<string>>
>();

// @ts-expect-error an option's name is checked
void fetchFrom([], { concurency: 2 } satisfies FetchOptions);
// @ts-expect-error an input is a URL or a request
void fetchFrom([1]);
