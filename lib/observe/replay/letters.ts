import type { FetchError, FetchErrorDetails } from '../../model/fetch-error.js';
import { failure } from '../../testing/records.js';
import { call, member, object, print } from './code.js';
import type { Meaning } from './replay.js';

/** Letters that mean something to a drawn transport already: a page, and the phases of an attempt. */
const taken = 'phb';
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const statusDigits: Readonly<Record<number, string>> = { 304: '3', 404: '4', 503: '5' };

/** Finds a letter for everything that an attempt can meet, and remembers what it stands for. */
export class Letters {
  readonly meanings = new Map<string, Meaning>();
  private readonly known = new Map<string, string>();

  /** @throws Error when there are more different failures than letters */
  of(error: FetchError): string {
    const { kind, status = 0, retryAfter } = error;
    if (kind === 'network' && error.retryable) return '#';
    const digit = statusDigits[status];
    if (kind === 'http' && digit !== undefined && retryAfter === undefined) return digit;

    const details = detailsOf(error);
    const told = Object.keys(details).length > 0 ? [object(details)] : [];
    const code = member(call('failure', kind, ...told), 'error');
    const text = print(code);
    const letter = this.known.get(text) ?? this.free(kind);
    this.known.set(text, letter);
    this.meanings.set(letter, { value: failure(kind, details).error, code });
    return letter;
  }

  private free(kind: string): string {
    const letters = Array.from(`${kind.replace(/[^a-z]/g, '')}${alphabet}`);
    const letter = letters.find((one) => !taken.includes(one) && !this.meanings.has(one));
    if (letter !== undefined) return letter;
    throw new Error('toMarbleSpec: the attempts failed in more different ways than there are letters');
  }
}

/** What of an error a reader of the test wants to know, and what its being retried hangs on. */
function detailsOf(error: FetchError): FetchErrorDetails {
  const { kind, code, phase, status, retryAfter, retryable } = error;
  const details: FetchErrorDetails = {
    ...(code !== undefined && { code }),
    ...(phase !== undefined && kind === 'timeout' && { phase }),
    ...(status !== undefined && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
  return failure(kind, details).error.retryable === retryable ? details : { ...details, retryable };
}
