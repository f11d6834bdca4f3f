import { failureKinds } from '../../model/fetch-error.js';
import { shortened } from '../printable.js';
import { isDeeper } from './nesting.js';
import type { RecordLine } from './record-line.js';

/** Why a text is not the line of a record. */
export interface NoRecordLine {
  /** It is one of a schema that this version does not know. */
  readonly isOtherVersion: boolean;
  /** What is wrong with it, to stand behind `it ` or `line 3 `. */
  readonly why: string;
}

/**
 * Reads one line of NDJSON that {@link recordLine} made. Fields that it does not know stay as they are.
 *
 * @throws TypeError for what is not the line of a record, or one of another version of the schema
 * @example
 * const text = '{"v":1,"index":0,"ok":true,"request":{"url":"http://a/"},"attempts":1,"waited":0,"duration":9}\n';
 * const lines = text.trimEnd().split('\n').map((line) => readRecordLine(line));
 * console.log(lines.filter(({ ok }) => !ok).length, 'failed');
 */
export function readRecordLine(text: string): RecordLine {
  const line = parsedLine(text);
  if ('why' in line) {
    throw new TypeError(`readRecordLine: expected the line of a record, but it ${line.why}`);
  }
  return line;
}

/** The line, or what is wrong with it. */
export function parsedLine(text: string): RecordLine | NoRecordLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { isOtherVersion: false, why: `is not JSON: ${JSON.stringify(shortened(text, 60))}` };
  }
  if (!isObject(value)) return { isOtherVersion: false, why: 'is not an object' };
  const { v } = value;
  if (v !== 1) {
    if (typeof v !== 'number') return { isOtherVersion: false, why: 'has no version `v`' };
    return { isOtherVersion: true, why: `is of version ${v} of the schema; this sluice reads version 1` };
  }
  const wrong = wrongField(value);
  if (wrong !== undefined) return { isOtherVersion: false, why: `has no valid \`${wrong}\`` };
  return value as unknown as RecordLine; // every field that is read was checked
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
/** Ms since 1970 do not get so large for 200,000 years, and sums of smaller ones stay exact. */
const isTime: Check = (value) => typeof value === 'number' && Math.abs(value) < 2 ** 52;
const isLength: Check = (value) => isTime(value) && (value as number) >= 0;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isStatus: Check = (value) => isCount(value) && (value as number) < 1_000;
const isKind: Check = (value) => (failureKinds as readonly unknown[]).includes(value);

/** Levels of a context that are sure to be written again, by whatever is deep in calls itself. */
const deepest = 1_000;

const needed: Readonly<Record<string, Check>> = {
  index: isCount,
  ok: (value) => typeof value === 'boolean',
  request: isRequest,
  attempts: isCount,
  waited: isLength,
  duration: isLength,
};
const optional: Readonly<Record<string, Check>> = {
  input: isText,
  line: isCount,
  url: isText,
  redirects: (value) => Array.isArray(value) && value.every(isText),
  status: isStatus,
  bytes: isCount,
  wireBytes: isCount,
  pulled: isTime,
  settled: isTime,
  tries: (value) => Array.isArray(value) && value.every(isTry),
  error: isError,
  file: isText,
  body: isText,
  bodyEncoding: (value) => value === 'base64' || value === 'text',
};

function wrongField(line: Fields): string | undefined {
  for (const [name, check] of Object.entries(needed)) if (!check(line[name])) return name;
  for (const [name, check] of Object.entries(optional)) if (!isIf(check, line[name])) return name;
  return line['ok'] === (line['error'] === undefined) ? undefined : 'error';
}

function isRequest(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { url, method, context } = value;
  return isText(url) && isIf(isText, method) && !isDeeper(context, deepest);
}

function isTry(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { start, sent, response, end } = value;
  return isTime(start) && isTime(end) && isIf(isTime, sent) && isIf(isTime, response);
}

function isError(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, message, code, phase, status, retryAfter } = value;
  const words = [code, phase].every((word) => isIf(isText, word));
  return isKind(kind) && isText(message) && words && isIf(isStatus, status) && isIf(isTime, retryAfter);
}

function isIf(check: Check, value: unknown): boolean {
  return value === undefined || check(value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
