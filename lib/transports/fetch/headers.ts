import { methodOf, type FetchRequest } from '../../model/request.js';
import type { Target } from '../../model/target.js';
import type { TransportLimits } from '../transport.js';

const utf8 = /* @__PURE__ */ new TextEncoder();

/**
 * What `fetch` is told of a request. A body goes as bytes: for a string fetch would make up a Content-Type.
 * Credentials go as a header: fetch refuses a URL that has them.
 */
export function requestInit(
  request: FetchRequest,
  { credentials }: Target,
  { maxRedirects }: TransportLimits,
): RequestInit {
  const { headers, body } = request;
  const pairs = Object.entries(headers ?? {}).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : value.map((one) => [name, one]),
  );
  const isAuthorized = pairs.some(([name]) => name.toLowerCase() === 'authorization');
  if (credentials !== undefined && !isAuthorized)
    pairs.push(['authorization', `Basic ${base64(credentials)}`]);
  return {
    method: methodOf(request),
    headers: pairs,
    redirect: maxRedirects === 0 ? 'manual' : 'follow',
    // fetch itself refuses bytes that are shared between threads, which the type of a request allows
    ...(body === undefined
      ? {}
      : { body: (typeof body === 'string' ? utf8.encode(body) : body) as BufferSource }),
  };
}

/** Headers of a response under their lower-case names. Only Set-Cookie is ever seen more than once. */
export function pageHeaders(headers: Headers): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(found); // unlike an assignment it takes `__proto__` for a name
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...utf8.encode(text)));
}
