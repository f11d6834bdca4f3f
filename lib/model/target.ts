import { FetchError } from './fetch-error.js';
import { methodOf, type FetchRequest } from './request.js';

/** A URL taken apart into what a transport needs, as strings: a URL object costs twenty times their memory. */
export interface Target {
  /** Scheme, host and port: `https://example.org:8443`. */
  readonly origin: string;
  /** Path and query: `/a?b=c`. */
  readonly path: string;
  /** The whole, without credentials and fragment, as it may be shown. */
  readonly href: string;
  /** `user:password` of the URL, percent-decoded. */
  readonly credentials?: string;
}

/**
 * Takes a URL apart.
 * @throws FetchError of kind `invalid` with a sentence that never shows a password.
 */
export function parseTarget(input: string | URL): Target {
  if (typeof input !== 'string') return targetOf(input);
  return plainTarget(input) ?? targetOf(parse(input), input);
}

/**
 * Origins that were met lately, as the URL parser writes them. All URLs of one get the very same string: who looks
 * it up in a Map need not hash it anew, and it does not keep the URL's text alive as a slice of it would.
 */
const knownOrigins = new Map<string, string>();
const mostKnownOrigins = 10_000;

/** What the URL parser leaves as it is. A dot after a slash may be a step in the path, which it would take. */
const plainPath = /^(?:[\w\-.~!$&()*+,;=:@?%]|\/(?!\.|%2e))*$/i;

/** A URL that the parser would take apart and put together again as it was, which takes it three times as long. */
function plainTarget(text: string): Target | undefined {
  const end = text.indexOf('/', 'https://'.length);
  if (end === -1) return undefined;
  const origin = knownOrigins.get(text.slice(0, end));
  if (origin === undefined) return undefined;
  const path = text.slice(end);
  return plainPath.test(path) ? { origin, path, href: text } : undefined;
}

function remember(origin: string): void {
  if (knownOrigins.size === mostKnownOrigins) knownOrigins.clear();
  knownOrigins.set(origin, origin);
}

function targetOf(url: URL, text?: string): Target {
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw notSupported(text ?? String(url), protocol);
  }
  const { origin, href } = url;
  if (url.username !== '' || url.password !== '') {
    const path = url.pathname + url.search;
    const credentials = `${decode(url.username)}:${decode(url.password)}`;
    return { origin, path, href: origin + path, credentials };
  }
  const fragment = href.indexOf('#', origin.length);
  if (fragment !== -1) {
    const shown = href.slice(0, fragment);
    return { origin, path: shown.slice(origin.length), href: shown };
  }
  if (text?.startsWith(`${origin}/`)) remember(origin);
  return { origin, path: href.slice(origin.length), href };
}

/** Method and URL, as the messages of a request's errors begin. Never shows a password. */
export function subjectOf(request: FetchRequest): string {
  try {
    return `${methodOf(request)} ${shownUrl(request.url)}`;
  } catch {
    return 'A request that cannot be read'; // its getters are the caller's, and may throw at the second look
  }
}

/** A URL as it may be shown: without credentials and fragment; quoted, and cut when it is long, if it is none. */
export function shownUrl(url: string | URL): string {
  try {
    return parseTarget(url).href;
  } catch {
    return quote(String(url));
  }
}

/** `text` quoted for a message: credentials of a URL hidden, long ones cut. */
export function quote(text: string): string {
  const hidden = hideCredentials(text);
  return JSON.stringify(hidden.length > 200 ? `${hidden.slice(0, 200)}…` : hidden);
}

/**
 * In a URL that may be fetched an `@` of the path is none of credentials. In all other text everything
 * before the last one may be: a password with a `/` in it looks like a host and a path.
 */
export function hideCredentials(text: string): string {
  const end = text.lastIndexOf('@');
  if (end === -1) return text;
  if (/^https?:/i.test(text) && URL.canParse(text)) {
    const { username, password, protocol, host, pathname, search, hash } = new URL(text);
    return username + password === '' ? text : `${protocol}//***@${host}${pathname}${search}${hash}`;
  }
  const start = /^\s*(?:[a-z][a-z0-9+.-]*:)?[\\/]*/i.exec(text)?.[0].length ?? 0;
  return `${text.slice(0, start)}***@${text.slice(end + 1)}`;
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw notAbsolute(text); // without its cause: a URL error quotes the URL, password and all
  }
}

function notSupported(text: string, protocol: string): FetchError {
  // example.org:8080 is read as the scheme example.org:
  const hint = /^\s*[\w.-]+:\d+([/?#]|$)/.test(text)
    ? `; did you mean ${quote(`http://${text.trim()}`)}?`
    : '';
  return new FetchError(
    'invalid',
    `The scheme of ${quote(text)} is not supported: expected http: or https:, got ${protocol}${hint}`,
  );
}

function notAbsolute(text: string): FetchError {
  return new FetchError('invalid', `${quote(text)} is not an absolute URL: ${whyNotAbsolute(text)}`);
}

function whyNotAbsolute(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (/^\s*[a-z][a-z0-9+.-]*:/i.test(text)) return 'its host or port is not valid';
  if (/^\s*[\\/.?#]/.test(text)) return 'it is relative';
  if (/^["']/.test(text)) return 'it begins with a quote';
  const guess = `https://${hideCredentials(text)}`;
  return URL.canParse(guess) ? `it has no scheme; did you mean ${quote(guess)}?` : 'it has no scheme';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is sent as it stands
  }
}
