import { FetchError } from '../../model/fetch-error.js';
import { methodOf, type FetchRequest } from '../../model/request.js';
import { parseTarget, quote, subjectOf, type Target } from '../../model/target.js';

/** One hop of a fetch: what is asked of which target. */
export interface Hop {
  readonly request: FetchRequest;
  readonly target: Target;
  /** The URLs that led here. */
  readonly redirects: readonly string[];
  /** So many of those were asked with another method: the answer to a form may lead back to the form. */
  readonly otherMethod: number;
}

const redirectStatus = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
/** What may go along to another origin besides the body and its headers: nothing that could be a secret. */
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
  const url = from.target.href;
  const refuse = (why: string): FetchError =>
    new FetchError('redirect', `${subjectOf({ ...from.request, url })}: redirects (${status}) ${why}`, {
      status,
    });

  if (typeof location !== 'string' || location === '') {
    throw refuse(location === undefined || location === '' ? 'without a Location' : 'with several Locations');
  }
  const to = escapeBytes(location);
  if (!URL.canParse(to, url)) throw refuse(`to ${quote(to)}, which is not a URL`);
  const next = new URL(to, url);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw refuse(`to ${quote(to)}: only http: and https: are followed`);
  }
  if (next.protocol === 'http:' && url.startsWith('https:')) {
    throw refuse(`to ${quote(to)}: from https: to http: is not followed`);
  }
  const target = withCredentialsOf(from.target, parseTarget(next));
  const redirects = [...from.redirects, url];
  const method = nextMethod(from.request, status);
  const otherMethod = method === methodOf(from.request) ? from.otherMethod : redirects.length;
  if (redirects.slice(otherMethod).includes(target.href)) {
    throw refuse(`to ${quote(to)}, where it came from: a loop`);
  }
  if (redirects.length > limit) {
    throw refuse(`once more than maxRedirects (${limit}) allows: raise it or ask for ${quote(to)} itself`);
  }
  const request = redirected(from.request, method, target.origin !== from.target.origin);
  return { request, target, redirects, otherMethod };
}

/** undici hands a header out byte by byte. In a URL each byte above ASCII stands for itself, as in browsers. */
function escapeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The credentials of a URL hold for its origin, as an Authorization header of the caller does. */
function withCredentialsOf({ origin, credentials }: Target, target: Target): Target {
  return origin === target.origin && credentials !== undefined && target.credentials === undefined
    ? { ...target, credentials }
    : target;
}

/** 303 asks for a GET; 301 and 302 turn a POST into one, as every browser does. */
function nextMethod(request: FetchRequest, status: number): string {
  const asked = methodOf(request);
  if (status === 303) return asked === 'HEAD' ? 'HEAD' : 'GET';
  return (status === 301 || status === 302) && asked === 'POST' ? 'GET' : asked;
}

function redirected(request: FetchRequest, method: string, crossesOrigin: boolean): FetchRequest {
  const keepsBody = method === methodOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => {
      const lower = name.toLowerCase();
      return bodyHeader.test(lower) ? keepsBody : !crossesOrigin || safeHeader.test(lower);
    }),
  );
  const body = keepsBody && request.body !== undefined ? { body: request.body } : {};
  return { url: request.url, method, headers, ...body };
}
