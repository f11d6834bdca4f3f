import type { FailureKind } from '../../lib/model/fetch-error.js';
import type { FetchFailure, FetchResult, FetchSuccess } from '../../lib/model/result.js';
import { failure as failureOf, success as successOf } from '../../lib/testing/index.js';
import { urlOf } from './inputs.js';

const settled = { attempts: 1, waited: 2, duration: 3 };
const urlAt = (index: number): string => urlOf('abcdefgh'.charAt(index));

/** The record of the input at `index`, with a value. */
export function success<T>(index: number, value: T): FetchSuccess<T> {
  return successOf(value, { index, url: urlAt(index), ...settled });
}

/** The record of the input at `index`, without a value. */
export function failure(index: number, kind: FailureKind = 'network'): FetchFailure {
  return failureOf(kind, { index, url: urlAt(index), ...settled, message: `input ${index} failed` });
}

/** Records for the letters of a diagram: a to d are successes of inputs 0 to 3, A to D their failures. */
export const records = {
  a: success(0, 'value of a'),
  b: success(1, 'value of b'),
  c: success(2, 'value of c'),
  d: success(3, 'value of d'),
  A: failure(0),
  B: failure(1),
  C: failure(2),
  D: failure(3),
} satisfies Readonly<Record<string, FetchResult<string>>>;

/** What a record's error says, for a diagram of messages. */
export const messageOf = (result: FetchResult<unknown>): string => (result.ok ? 'ok' : result.error.message);
