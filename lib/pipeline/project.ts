import { from, isObservable, takeLast, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';
import { FetchError } from '../model/fetch-error.js';
import type { FetchRequest } from '../model/request.js';
import { subjectOf } from '../model/target.js';

/**
 * What a callback may return: the value itself, or something that gives it later. Of several values the
 * last one counts. Strings and arrays are values, though RxJS could iterate over them.
 */
export type ProjectResult<T> = T | Observable<T> | PromiseLike<T> | AsyncIterable<T> | Generator<T, unknown>;

/** What a callback returned as an Observable of one value, or undefined where it is the value itself. */
export function laterValue<T>(returned: ProjectResult<T>): Observable<T> | undefined {
  if (typeof returned !== 'object' || returned === null || !isLater(returned)) return undefined;
  return from(returned as ObservableInput<T>).pipe(takeLast(1), throwIfEmpty(noValue));
}

function isLater(value: object): boolean {
  return (
    isObservable(value) ||
    ('then' in value && typeof value.then === 'function') ||
    Symbol.asyncIterator in value ||
    ('getReader' in value && typeof value.getReader === 'function') ||
    (Symbol.iterator in value && 'next' in value && typeof value.next === 'function') // a generator
  );
}

function noValue(): FetchError {
  return new FetchError('project', 'The callback returned an Observable that completed without a value');
}

/** The error of a caller's function that threw, as a record holds it. */
export function projectError(cause: unknown, what: string, request: FetchRequest): FetchError {
  return new FetchError('project', `${subjectOf(request)}: \`${what}\` threw ${describe(cause)}`, {
    phase: 'project',
    cause,
  });
}

/** Whatever was thrown: reading it may throw again. */
function describe(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'a value that cannot be printed';
  }
}
