import { FetchError, type FetchErrorDetails } from '../../model/fetch-error.js';
import type { FetchRequest } from '../../model/request.js';
import { subjectOf } from '../../model/target.js';

/** What an attempt that is refused errors with. */
export function blocked(request: FetchRequest, why: string, details?: FetchErrorDetails): FetchError {
  return new FetchError('blocked', `${subjectOf(request)}: ${why}`, details);
}
