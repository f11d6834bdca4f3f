import type { Interceptor } from '../../interceptors/interceptor.js';
import { mergedHeaders } from '../input/request-of-line.js';

/** Sends these headers with each request that has none of their names. */
export function defaultHeaders(defaults: Readonly<Record<string, string>>): Interceptor {
  return (request, next) => next({ ...request, headers: mergedHeaders(defaults, request.headers) ?? {} });
}
