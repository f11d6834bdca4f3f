import type { Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchRequest } from '../model/request.js';
import type { AttemptContext, ObservedTransport, Transport } from '../transports/transport.js';

/**
 * Wraps a fetch: may change the request, answer without asking, ask twice, change the page.
 * The first of a list is the outermost. It is called for each attempt, retries included.
 *
 * ```
 * request  → first → second → transport
 * page     ← first ← second ← transport
 * ```
 *
 * @see Angular's `HttpInterceptorFn`, whose shape it has
 * @example
 * const authorized: Interceptor = (request, next) =>
 *   next({ ...request, headers: { ...request.headers, authorization: 'Bearer 123' } });
 * fetchFrom(urls, { interceptors: [authorized] }).subscribe((result) => console.log(result.ok));
 */
export type Interceptor = (request: FetchRequest, next: Transport) => Observable<Page>;

/** An Interceptor that also deals with the attempt: its slot, its budget. One that does not fits as well. */
export type ObservedInterceptor = (
  request: FetchRequest,
  next: Transport,
  attempt?: AttemptContext,
) => Observable<Page>;

/** The transport seen through interceptors. What the attempt hears of the transport passes them by. */
export function intercept(
  transport: ObservedTransport,
  interceptors: readonly ObservedInterceptor[],
): ObservedTransport {
  return interceptors.reduceRight<ObservedTransport>(
    (inner, interceptor) => (request, attempt) =>
      interceptor(request, (changed) => inner(changed, attempt), attempt),
    transport,
  );
}
