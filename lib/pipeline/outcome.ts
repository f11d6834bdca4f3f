import type { Sample } from '../gate/aimd.js';
import type { FetchError } from '../model/fetch-error.js';

/** Whether a failure makes its host suspect: undefined where it says nothing of the host. */
export function isHostToBlame({ kind, phase, retryable }: FetchError): boolean | undefined {
  switch (kind) {
    case 'dns':
    case 'connect':
    case 'network':
    case 'tls':
      return true;
    case 'timeout':
      return phase === 'queue' || phase === 'project' ? undefined : true;
    case 'http':
      return retryable; // 429 and 5xx; a 404 is the answer of a host that is well
    case 'cancelled':
    case 'circuit-open':
    case 'overflow':
    case 'blocked':
    case 'resource':
    case 'invalid':
    case 'unknown':
    case 'proxy':
      return undefined;
    case 'protocol':
    case 'redirect':
    case 'too-large':
    case 'decode':
    case 'project':
      return false;
  }
}

/** What a failure tells of the load. */
export function outcomeOf({ kind, phase, status }: FetchError): Sample['outcome'] {
  if (kind === 'http') return status === 429 || status === 503 ? 'overload' : 'answered';
  if (kind === 'timeout' && phase !== 'queue' && phase !== 'project') return 'overload';
  return 'useless';
}

/** How long a failure asks its host to be left alone, in ms: a Retry-After of 429 or 503. NaN: it does not. */
export function pauseOf({ status, retryAfter = NaN }: FetchError): number {
  return status === 429 || status === 503 ? retryAfter : NaN;
}
