import { FetchError } from './fetch-error.js';

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
    throw new FetchError(
      'invalid',
      `The scheme of ${quote(String(input))} is not supported: expected http: or https:, got ${protocol}`,
    );
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

/** `text` quoted for a message: credentials of a URL hidden, long ones cut. */
export function quote(text: string): string {
  const hidden = text.replace(/\/\/[^\s]*@/, '//***@');
  return JSON.stringify(hidden.length > 200 ? `${hidden.slice(0, 200)}…` : hidden);
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw notAbsolute(text); // without its cause: a URL error quotes the URL, password and all
  }
}

function notAbsolute(text: string): FetchError {
  const hint =
    text.trim() === ''
      ? 'it is empty'
      : /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
        ? 'its host or port is not valid'
        : `it has no scheme; did you mean ${quote(`https://${text}`)}?`;
  return new FetchError('invalid', `${quote(text)} is not an absolute URL: ${hint}`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is sent as it stands
  }
}
