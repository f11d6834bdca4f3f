import { FetchError } from './fetch-error.js';
import { methodOf, type FetchRequest } from './request.js';

/** A URL taken apart into what a transport needs, as strings: a URL object costs twenty times their memory. */
export interface Target {
  /** Scheme, host and port: `https://example.org:8443`. */
  readonly origin: string;
  /** Path and query: `/a?b=c`. */
  readonly path: string;
  /** `user:password` of the URL, percent-decoded. */
  readonly credentials?: string;
}

/**
 * Takes a URL apart.
 * @throws FetchError of kind `invalid` with a sentence that never shows a password.
 */
export function parseTarget(input: string | URL): Target {
  const url = typeof input === 'string' ? parse(input) : input;
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw notSupported(String(input), protocol);
  }
  const { origin, href } = url;
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decode(url.username)}:${decode(url.password)}`;
    return { origin, path: url.pathname + url.search, credentials };
  }
  const fragment = href.indexOf('#', origin.length);
  return { origin, path: fragment === -1 ? href.slice(origin.length) : href.slice(origin.length, fragment) };
}

/** The URL without credentials and fragment, as it may be shown. */
export function targetUrl(target: Target): string {
  return target.origin + target.path;
}

/** Method and URL, as the messages of a request's errors begin. Never shows a password. */
export function subjectOf(request: FetchRequest): string {
  try {
    return `${methodOf(request)} ${shown(request.url)}`;
  } catch {
    return 'A request that cannot be read'; // its getters are the caller's, and may throw at the second look
  }
}

function shown(url: string | URL): string {
  try {
    return targetUrl(parseTarget(url));
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
function hideCredentials(text: string): string {
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
  return `it has no scheme; did you mean ${quote(`https://${hideCredentials(text)}`)}?`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is sent as it stands
  }
}
