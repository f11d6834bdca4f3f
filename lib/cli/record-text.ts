import type { RecordLine } from '../observe/report/record-line.js';
import type { Try } from '../observe/report/timings.js';
import { jsonLine } from './json-line.js';

type PlainKey =
  | 'v'
  | 'index'
  | 'line'
  | 'ok'
  | 'request'
  | 'url'
  | 'status'
  | 'bytes'
  | 'wireBytes'
  | 'attempts'
  | 'waited'
  | 'duration'
  | 'pulled'
  | 'settled'
  | 'tries';

/** What few records have. All keys that are not plain must be here: a new one is a type error until it is. */
const rare: Readonly<Record<Exclude<keyof RecordLine, PlainKey>, true>> = {
  input: true,
  redirects: true,
  error: true,
  file: true,
  body: true,
  bodyEncoding: true,
};
const rareKeys = Object.keys(rare) as (keyof typeof rare)[];

let latest: RecordLine | undefined;
let latestText = '';

/** A record as {@link jsonLine} writes it, made once: those who write it are told of it one after another. */
export function recordText(record: RecordLine): string {
  if (record !== latest) {
    latestText = textOf(record);
    latest = record;
  }
  return latestText;
}

/** What most records are is put together by hand, in half the time. */
function textOf(record: RecordLine): string {
  const { index, line, ok, request, url, status, bytes, wireBytes } = record;
  const { attempts, waited, duration, pulled, settled, tries } = record;
  if (rareKeys.some((key) => record[key] !== undefined)) return jsonLine(record);
  if (request.method !== undefined || request.context !== undefined) return jsonLine(record);
  return (
    `{"v":1,"index":${index}${number('line', line)},"ok":${ok},"request":{"url":${quoted(request.url)}}` +
    (url === undefined ? '' : `,"url":${quoted(url)}`) +
    `${number('status', status)}${number('bytes', bytes)}${number('wireBytes', wireBytes)}` +
    `,"attempts":${attempts},"waited":${waited},"duration":${duration}` +
    `${number('pulled', pulled)}${number('settled', settled)}` +
    (tries === undefined ? '}' : `,"tries":[${tries.map(tryText).join()}]}`)
  );
}

function tryText({ start, sent, response, end }: Try): string {
  return `{"start":${start}${number('sent', sent)}${number('response', response)},"end":${end}}`;
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `,"${name}":${value}`;
}

/** Printable ASCII but `"` and `\`: what JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : jsonLine(text);
}
