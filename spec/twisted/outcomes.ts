import { map, type OperatorFunction } from 'rxjs';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { FetchResult } from '../../lib/model/result.js';

export const a = 'http://a/';
export const b = 'http://b/';
export const c = 'http://c/';

/** A connection to `url` that broke. */
export const broken = (url: string): FetchError =>
  new FetchError('network', `GET ${url}: the connection was drawn to break`, { retryable: true });

/** The URL of a record that succeeded, the kind of failure of one that did not. */
const outcomeOf = (result: FetchResult<unknown>): string =>
  result.ok ? String(result.request.url) : result.error.kind;

/** What became of each input of a batch, or of the single success that was wanted. */
export const outcomes = (): OperatorFunction<
  FetchResult<unknown> | readonly FetchResult<unknown>[],
  readonly string[]
> => map((results) => [results].flat().map(outcomeOf));

/** The URLs of pages, in their order. */
export const urls = (): OperatorFunction<readonly { readonly url: string }[], readonly string[]> =>
  map((pages) => pages.map(({ url }) => url));
