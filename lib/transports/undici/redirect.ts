import { FetchError } from '../../model/fetch-error.js';
import { methodOf, type FetchRequest } from '../../model/request.js';
import { parseTarget, quote, subjectOf, targetUrl, type Target } from '../../model/target.js';

/** One hop of a fetch: what is asked of which target. */
export interface Hop {
  readonly request: FetchRequest;
  readonly target: Target;
  /** The URLs that led here. */
  readonly redirects: readonly string[];
}

const redirectStatus = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
/** What may go along to another origin: nothing that could be a secret of the caller's. */
const safeHeader = /^(accept|accept-language|accept-encoding|user-agent|range|if-.+)$/;
const bodyHeader = /^(content-.+|transfer-encoding)$/;

export function isRedirect(status: number): boolean {
  return redirectStatus.has(status);
}

/**
 * Where a redirect leads, by the method rules of RFC 9110 §15.4.
 * @throws FetchError of kind `redirect` that names the hop.
 */
export function follow(
  from: Hop,
  status: number,
  location: string | string[] | undefined,
  limit: number,
): Hop {
  const url = targetUrl(from.target);
  const refuse = (why: string): FetchError =>
    new FetchError('redirect', `${subjectOf({ ...from.request, url })}: redirects (${status}) ${why}`, {
      status,
    });

  if (typeof location !== 'string' || location === '') {
    throw refuse(location === undefined || location === '' ? 'without a Location' : 'with several Locations');
  }
  if (!URL.canParse(location, url)) throw refuse(`to ${quote(location)}, which is not a URL`);
  const next = new URL(location, url);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw refuse(`to ${quote(location)}: only http: and https: are followed`);
  }
  if (next.protocol === 'http:' && url.startsWith('https:')) {
    throw refuse(`to ${quote(location)}: from https: to http: is not followed`);
  }
  const target = parseTarget(next);
  const redirects = [...from.redirects, url];
  if (redirects.includes(targetUrl(target)) && methodOf(from.request) === nextMethod(from.request, status)) {
    throw refuse(`to ${quote(location)}, where it came from: a loop`);
  }
  if (redirects.length > limit) {
    throw refuse(
      `once more than maxRedirects (${limit}) allows: raise it or ask for ${quote(location)} itself`,
    );
  }
  return {
    request: redirected(from.request, status, target.origin !== from.target.origin),
    target,
    redirects,
  };
}

/** 303 asks for a GET; 301 and 302 turn a POST into one, as every browser does. */
function nextMethod(request: FetchRequest, status: number): string {
  const asked = methodOf(request);
  if (status === 303) return asked === 'HEAD' ? 'HEAD' : 'GET';
  return (status === 301 || status === 302) && asked === 'POST' ? 'GET' : asked;
}

function redirected(request: FetchRequest, status: number, crossesOrigin: boolean): FetchRequest {
  const next = nextMethod(request, status);
  const dropsBody = next !== methodOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => {
      const lower = name.toLowerCase();
      return (!crossesOrigin || safeHeader.test(lower)) && !(dropsBody && bodyHeader.test(lower));
    }),
  );
  const body = dropsBody || request.body === undefined ? {} : { body: request.body };
  return { url: request.url, method: next, headers, ...body };
}
