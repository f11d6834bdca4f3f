type Headers = Record<string, string | string[]>;

/** The response before. Its values are the same strings again, more often than not. */
let last: Headers = {};

/**
 * Puts the strings of the response before in place of equal ones. Most values of a site's headers are the same
 * on every page (server, type, cache rules, the second of the date), and a batch keeps all of them.
 */
export function shareValues(headers: Headers): Headers {
  for (const name in headers) if (headers[name] === last[name]) headers[name] = last[name] as string;
  last = headers;
  return headers;
}
