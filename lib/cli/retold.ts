import type { FetchError } from '../model/fetch-error.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { InputRequest } from './input/input-request.js';

/** What of the library's messages names its options, and how the command calls those. A space ends what a URL can be. */
const names: readonly (readonly [RegExp, string])[] = [
  [/\btimeout\.total \(/, '--deadline ('],
  [/\bmaxBodyBytes \(/, '--max-body ('],
  [/\bmaxRedirects \(/, '--max-redirects ('],
  [/\bretry\.maxRetryAfter \(/, '--max-retry-after ('],
  [/ privateAddresses: '(\w+)' /, ' --private-addresses $1 '],
  [/\bset 'allow' if/, 'set --private-addresses allow if'],
  [/; 'direct' lets you/, '; --private-addresses direct lets you'],
  [
    / Have the body go elsewhere by `sink`.*or raise max_payload$/,
    ' Raise max_payload there, or refuse such pages sooner by --max-body',
  ],
  [/ to `ca` of undiciTransport/, ' to --cacert'],
  [/: raise maxRatio of the transport if that is no bomb/, ', which may be a bomb'],
  [/\bmaxCrawlDelay \((\d+)\)/, '--robots waits ($1 ms)'],
  [/: cancelled by the signal while /, ': cut off when the run stopped, while '],
];

/** What the message says of the longest time of an attempt, in the words of whoever set it. */
const ofAttempt = /: timeout\.attempt \(/;

/** The message of a failure in the command's own words, and with the place of a line that is wrong. */
export function retold(
  { kind, message }: Pick<FetchError, 'kind' | 'message'>,
  request: FetchRequest,
): string {
  const named = names.reduce((text, [name, own]) => text.replace(name, own), message);
  const limit = request.timeout === undefined ? '--timeout' : 'the `timeout` of its line';
  const told = named.replace(ofAttempt, `: ${limit} (`);
  const place = request instanceof InputRequest ? request.place : undefined;
  return kind === 'invalid' && place ? `${place.file}, line ${place.line}: ${told}` : told;
}

/** A record as the command tells of it: one that failed has the message of {@link retold}. */
export function retoldResult(result: FetchResult<unknown>): FetchResult<unknown> {
  if (result.ok) return result;
  const { error, request } = result;
  const message = retold(error, request);
  if (message === error.message) return result;
  const told = Object.create(error, { message: { value: message } }) as FetchError; // its fields, and another message
  return { ...result, error: told };
}
