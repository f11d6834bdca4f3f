import {
  catchError,
  defer,
  from,
  of,
  switchMap,
  take,
  tap,
  throwError,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { FetchError } from '../../model/fetch-error.js';
import type { Page } from '../../model/page.js';
import type { FetchRequest } from '../../model/request.js';
import { parseTarget, quote, subjectOf } from '../../model/target.js';
import type { Interceptor } from '../interceptor.js';
import { headerOf, isHeaderValue, withHeader } from '../request-headers.js';

/** Options of {@link basicAuth} and {@link bearer}. */
export interface AuthorizationOptions {
  /** Who gets the secret: scheme, host and port, such as `https://api.example.org`. Nobody else does. */
  readonly origin: string | URL;
}

/**
 * Sends user and password (RFC 7617) to one origin, and to no other: a redirect that leaves it leaves them behind.
 *
 * ```
 * request  https://api.example.org/  → Authorization: Basic dXNlcjpwYXNz
 * request  https://example.com/      →
 * page     ---(p|)
 * ```
 *
 * A request that has an `authorization` header, or credentials in its URL, keeps those.
 *
 * @param user without a colon
 * @throws TypeError for an origin that is none, or a user with a colon, when called
 * @example
 * const secret = basicAuth('user', 'pass', { origin: 'http://localhost' });
 * fetchFrom(urls, { interceptors: [secret] }).subscribe((result) => console.log(result.index, result.ok));
 */
export function basicAuth(user: string, password: string, options: AuthorizationOptions): Interceptor {
  if (typeof user !== 'string' || typeof password !== 'string' || /[:\p{Cc}]/u.test(user)) {
    throw new TypeError('basicAuth: expected a user without a colon, and a password, both strings');
  }
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  const credentials = btoa(String.fromCharCode(...bytes));
  return authorized('basicAuth', options, (request, next) =>
    next(withHeader(request, 'authorization', `Basic ${credentials}`)),
  );
}

/**
 * Sends a bearer token (RFC 6750) to one origin, and to no other: a redirect that leaves it leaves the token behind.
 *
 * ```
 * request  https://api.example.org/  → Authorization: Bearer 123
 * request  https://example.com/      →
 * page     ---(p|)
 * ```
 *
 * A request that has an `authorization` header, or credentials in its URL, keeps those.
 *
 * @param token the token, or a function that is asked for it at each attempt; it may return a promise or Observable
 * @throws TypeError for an origin that is none, or a token that cannot be sent, when called
 * @returns an Interceptor whose attempts fail with kind `project` when the function throws or gives no token
 * @example
 * const secret = bearer(() => 'from a vault', { origin: 'http://localhost' });
 * fetchFrom(urls, { interceptors: [secret] }).subscribe((result) => console.log(result.index, result.ok));
 */
export function bearer(
  token: string | (() => string | ObservableInput<string>),
  options: AuthorizationOptions,
): Interceptor {
  if (typeof token !== 'function' && !isHeaderValue(token)) {
    throw new TypeError('bearer: expected `token` to be text that a header can hold, or a function');
  }
  return authorized('bearer', options, (request, next) => {
    const send = (text: string): Observable<Page> =>
      next(withHeader(request, 'authorization', `Bearer ${text}`));
    return typeof token === 'string' ? send(token) : asked(token, request).pipe(switchMap(send));
  });
}

/** What changes the requests to one origin that have no authorization of their own. */
function authorized(caller: string, options: AuthorizationOptions, change: Interceptor): Interceptor {
  const origin = originOf(caller, options);
  return (request, next) => {
    const target = parseTarget(request.url);
    const isOurs = target.origin === origin && target.credentials === undefined;
    return isOurs && headerOf(request, 'authorization') === undefined ? change(request, next) : next(request);
  };
}

/** The token that a function gives now. */
function asked(token: () => string | ObservableInput<string>, request: FetchRequest): Observable<string> {
  return defer(() => {
    const given = token();
    return typeof given === 'string' ? of(given) : from(given);
  }).pipe(
    take(1),
    throwIfEmpty(() => new TypeError('it ended without one')),
    tap((text) => {
      if (!isHeaderValue(text)) throw new TypeError('what it gave is not text that a header can hold');
    }),
    catchError((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `${subjectOf(request)}: the function that bearer() asks for a token failed: ${why}`;
      return throwError(() => new FetchError('project', message, { cause }));
    }),
  );
}

/** @throws TypeError when it is none */
function originOf(caller: string, options: Partial<AuthorizationOptions> | undefined): string {
  const origin = String(options?.origin);
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new TypeError(
    `${caller}: expected \`origin\` to be scheme, host and port such as https://api.example.org, got ${quote(origin)}`,
  );
}
