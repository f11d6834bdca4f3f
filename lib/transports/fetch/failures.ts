import { toFetchError } from '../../model/failure-codes.js';
import { FetchError } from '../../model/fetch-error.js';
import { quote } from '../../model/target.js';
import { isCutShort } from '../cut-short.js';
import type { TransportPhase } from '../transport.js';

/**
 * What an error of `fetch` means. Node's has a cause that tells; a browser says `Failed to fetch` of a lost connection
 * as of a page that CORS keeps from it, so that no script learns about a network which is not its own.
 *
 * @param make makes the request once more, and throws where it is not valid: fetch throws the same error for both
 */
export function fetchFailure(
  cause: unknown,
  subject: string,
  phase: TransportPhase,
  make: () => void,
): FetchError {
  const told = toFetchError(cause, subject, { phase });
  // the URL that was asked for is valid: this is one of a Location
  if (told.code === 'ERR_INVALID_URL') return new FetchError('redirect', told.message, { cause });
  if (phase === 'body' && isCutShort(told)) {
    const message = `${subject}: the connection was closed before the end of the body`;
    return new FetchError('network', message, { phase, retryable: true, code: told.code, cause });
  }
  if (told.kind !== 'unknown' || !isTypeError(cause)) return told;
  const refusal = phase === 'headers' ? thrownBy(make) : undefined;
  if (refusal) return new FetchError('invalid', toFetchError(refusal, subject).message, { cause });
  const { cause: reason } = cause;
  const why = reason instanceof Error ? reason.message : '';
  // as Node words too many redirects, and one to another scheme
  if (/redirect count|scheme/.test(why)) return new FetchError('redirect', `${subject}: ${why}`, { cause });
  const hint = phase === 'headers' ? ': no connection, or a browser may not read the answer (CORS)' : '';
  const message = why === '' ? told.message + hint : `${subject}: ${why}`;
  return new FetchError('network', message, { phase, retryable: true, cause });
}

function thrownBy(make: () => void): unknown {
  try {
    make();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Old platforms have none, and so has jsdom. */
export function noFetch(subject: string): FetchError {
  return new FetchError(
    'unknown',
    `${subject}: there is no global fetch here: pass one, fetchTransport({ fetch })`,
  );
}

/** A browser follows a redirect or hides it. */
export function hiddenRedirect(subject: string): FetchError {
  const message = `${subject}: redirects, and maxRedirects is 0: a browser does not show where to, nor its status`;
  return new FetchError('redirect', message);
}

/** fetch hands such a response out as if it were a page. */
export function withoutLocation(subject: string, status: number): FetchError {
  return new FetchError('redirect', `${subject}: redirects (${status}) without a Location`, { status });
}

/** What was asked for over TLS came without. */
export function downgraded(subject: string, url: string): FetchError {
  const message = `${subject}: redirects to ${quote(url)}: from https: to http: is not followed`;
  return new FetchError('redirect', message);
}

/** Not by `instanceof`: the global fetch may be another realm's. */
function isTypeError(error: unknown): error is TypeError {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';
}
