import type { FailureGroup } from '../observe/report/run-snapshot.js';

/** What to do about failures of which the library's advice knows less than the command. Undefined: that will do. */
export function commandAdvice({ kind, message, phase }: FailureGroup): string | undefined {
  if (kind === 'timeout' && (phase === 'total' || phase === 'queue')) {
    return 'raise --deadline, or ask for less at once';
  }
  if (kind === 'timeout' && message.includes('the `timeout` of its line')) {
    return 'raise that timeout, or lower `concurrency`';
  }
  if (kind === 'blocked' && message.includes('/robots.txt')) {
    return '--robots keeps to what robots.txt says; leave it out if you may fetch the page all the same';
  }
  if (kind === 'http' && message.includes('--max-retry-after (')) {
    return 'raise --max-retry-after to wait as long as the server asks, or fetch it again later';
  }
  if (kind === 'too-large' && message.includes('max_payload')) return 'raise max_payload of the NATS server';
  return undefined;
}
