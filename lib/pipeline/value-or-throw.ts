import type { FetchResult } from '../model/result.js';

/** The value of a success. @throws FetchError of a failure */
export function valueOrThrow<T, C>(result: FetchResult<T, C>): T {
  if (!result.ok) throw result.error;
  return result.value;
}
