import type { RecordLine } from '../observe/report/record-line.js';
import { jsonLine } from './json-line.js';

let latest: RecordLine | undefined;
let latestText = '';

/** A record as {@link jsonLine} writes it, made once: those who write it are told of it one after another. */
export function recordText(record: RecordLine): string {
  if (record !== latest) {
    latestText = usualText(record) ?? jsonLine(record);
    latest = record;
  }
  return latestText;
}

/** A page that came at the first attempt, which most records are, in half the time. Undefined: it is another. */
function usualText(record: RecordLine): string | undefined {
  const { index, line, request, url, status, bytes, wireBytes, waited, duration, pulled, settled } = record;
  const [only, second] = record.tries ?? [];
  if (!record.ok || line === undefined || url === undefined || only === undefined || isUnusual(record))
    return undefined;
  const { start, sent, response, end } = only;
  if (second !== undefined || sent === undefined || response === undefined) return undefined;
  const asked = quoted(request.url);
  const got = url === request.url ? asked : quoted(url);
  const page = `"url":${got},"status":${status},"bytes":${bytes},"wireBytes":${wireBytes}`;
  const times = `"attempts":1,"waited":${waited},"duration":${duration},"pulled":${pulled},"settled":${settled}`;
  const tries = `[{"start":${start},"sent":${sent},"response":${response},"end":${end}}]`;
  return `{"v":1,"index":${index},"line":${line},"ok":true,"request":{"url":${asked}},${page},${times},"tries":${tries}}`;
}

/** Whether it has what few have, or lacks what comes with a page and its times. */
function isUnusual(record: RecordLine): boolean {
  const { request, input, redirects, error, file, body, bodyEncoding } = record;
  const { status, bytes, wireBytes, pulled, settled } = record;
  const { method, context } = request;
  if ((input ?? redirects ?? error ?? file ?? body ?? bodyEncoding ?? method) !== undefined) return true;
  if (context !== undefined) return true;
  if (status === undefined || bytes === undefined || wireBytes === undefined) return true;
  return pulled === undefined || settled === undefined || record.attempts !== 1;
}

/** Printable ASCII but `"` and `\`: what JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : jsonLine(text);
}
