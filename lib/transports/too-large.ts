import { FetchError } from '../model/fetch-error.js';

/** A body larger than it may be. @param what how it is known: `1024 bytes announced` */
export function tooLarge(subject: string, limit: number, what: string): FetchError {
  const message = `${subject}: the body is larger than maxBodyBytes (${limit}): ${what}`;
  return new FetchError('too-large', message, { phase: 'body' });
}
