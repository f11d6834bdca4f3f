import { defer, tap } from 'rxjs';
import { CookieJar } from 'tough-cookie';
import { parseTarget } from '../../model/target.js';
import { watched } from '../../transports/hop-watch.js';
import { headerOf, withHeader } from '../request-headers.js';
import type { Interceptor } from '../interceptor.js';

/** Options of {@link cookies}. */
export interface CookiesOptions {
  /**
   * Where the cookies are: one of tough-cookie's, whose store must be a synchronous one.
   * @default a new one, in memory
   */
  readonly jar?: CookieJar;
}

/**
 * Sends each request the cookies that its host has set, and keeps those of each answer, redirects on the way included.
 *
 * ```
 * request  /login   →            ← Set-Cookie: id=7
 * request  /home    → Cookie: id=7
 * page     -----(p|)
 * ```
 *
 * Who may have which cookie is tough-cookie's to say (Domain, Path, Secure, expiry, public suffixes). A `cookie` header of
 * the caller's is kept, and wins over the jar's of the same name; across an origin it stays behind. One instance, or
 * one jar, is one browser: give each account its own. A transport that is not undici's shows the last answer alone.
 *
 * @throws TypeError for a jar that is none, or whose store is asynchronous, when called
 * @see https://www.rfc-editor.org/rfc/rfc6265
 * @example
 * fetchFrom(urls, { interceptors: [cookies()] }).subscribe((result) => console.log(result.index, result.ok));
 */
export function cookies(options: CookiesOptions = {}): Interceptor {
  const { jar = new CookieJar() } = options;
  checkJar(jar);

  function keep(url: string, answer: Readonly<Record<string, string | string[]>>): void {
    const set = answer['set-cookie'] ?? [];
    for (const cookie of typeof set === 'string' ? [set] : set) {
      jar.setCookieSync(cookie, url, { ignoreError: true });
    }
  }

  return (request, next) =>
    defer(() => {
      const { href } = parseTarget(request.url);
      let own = headerOf(request, 'cookie');
      const cookie = joined(own, jar.getCookieStringSync(href));
      const sent = cookie === undefined ? request : withHeader(request, 'cookie', cookie);
      const asked = watched(sent, (from, answer, to) => {
        keep(from, answer);
        if (new URL(from).origin !== new URL(to).origin) own = undefined;
        return { cookie: joined(own, jar.getCookieStringSync(to)) };
      });
      return next(asked).pipe(tap((page) => keep(page.url, page.headers)));
    });
}

function checkJar(jar: unknown): void {
  const store = (jar as { store?: { synchronous?: unknown } } | null)?.store;
  if (store?.synchronous === true) return;
  const got = store ? 'one whose store is asynchronous' : typeof jar;
  throw new TypeError(
    `cookies: expected \`jar\` to be a CookieJar of tough-cookie with a synchronous store, got ${got}`,
  );
}

/** The caller's own cookies, then those of the jar that have other names. */
function joined(own: string | undefined, kept: string): string | undefined {
  if (kept === '') return own;
  if (own === undefined) return kept;
  const names = new Set(own.split(';').map(nameOf));
  return [own, ...kept.split('; ').filter((pair) => !names.has(nameOf(pair)))].join('; ');
}

function nameOf(pair: string): string {
  return (pair.split('=', 1)[0] ?? '').trim();
}
