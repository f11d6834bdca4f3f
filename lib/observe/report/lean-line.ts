import { parseTarget, quote } from '../../model/target.js';
import { shortened } from '../printable.js';
import type { RecordError, RecordLine } from './record-line.js';
import type { Try } from './timings.js';

/** Characters of a URL and of a message, and attempts, that are kept of one record. */
const longestUrl = 600;
const longestMessage = 400;
const mostTries = 20;

/** What of a record may be kept and shown, without what may be large or secret: bodies, contexts, credentials. */
export function leanLine(line: RecordLine): RecordLine {
  const { v, index, ok, request, url, status, bytes, attempts, waited, duration } = line;
  const { pulled, settled, tries, error } = line;
  return {
    v,
    index,
    ok,
    request: {
      url: shownUrl(request.url),
      ...(request.method !== undefined && { method: shortened(request.method, 20) }),
    },
    ...(url !== undefined && { url: shownUrl(url) }),
    ...(status !== undefined && { status }),
    ...(bytes !== undefined && { bytes }),
    attempts,
    waited,
    duration,
    ...(pulled !== undefined && { pulled }),
    ...(settled !== undefined && { settled }),
    ...(tries && { tries: someOf(tries) }),
    ...(error && { error: leanError(error) }),
  };
}

function leanError({ kind, message, code, phase, status }: RecordError): RecordError {
  return {
    kind,
    message: shortened(message, longestMessage),
    ...(code !== undefined && { code: shortened(code, 60) }),
    ...(phase !== undefined && { phase }),
    ...(status !== undefined && { status }),
  };
}

function shownUrl(url: string): string {
  return shortened(withoutCredentials(url), longestUrl);
}

function withoutCredentials(url: string): string {
  try {
    return parseTarget(url).href;
  } catch {
    return JSON.parse(quote(url)) as string; // what is hidden stays hidden, and the quotes are the page's to set
  }
}

/** All, or the first and the last ones. */
function someOf(tries: readonly Try[]): readonly Try[] {
  const half = mostTries / 2;
  return tries.length <= mostTries ? tries : [...tries.slice(0, half), ...tries.slice(-half)];
}
