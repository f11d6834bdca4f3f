import { of, type Observable } from 'rxjs';
import { expect } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchInput, FetchRequest } from '../../lib/model/request.js';
import type { FetchFailure, FetchResult } from '../../lib/model/result.js';
import { page } from '../../lib/testing/index.js';

/** The records of inputs that the compiler would not let through. */
export function recordsOf(...inputs: unknown[]): FetchResult[] {
  const records: FetchResult[] = [];
  const transport = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
  fetchFrom(inputs as FetchInput[], { transport }).subscribe((record) => records.push(record));
  return records;
}

/** The failure that an input is, before anybody is asked for it. */
export function refused(input: unknown): FetchFailure & { readonly error: FetchError } {
  const [record] = recordsOf(input);
  if (!record || record.ok) throw new Error('expected a failure');
  expect(record).toMatchObject({ index: 0, attempts: 0, duration: 0 });
  expect(record.error).toMatchObject({ kind: 'invalid', retryable: false });
  return record;
}

/** A request one of whose properties cannot be read. */
export const unread = (property: string): object =>
  Object.defineProperty({ url: 'http://a/' }, property, {
    enumerable: true,
    get: () => {
      throw new Error('not for you');
    },
  });
