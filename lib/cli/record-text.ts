import type { RecordLine } from '../observe/report/record-line.js';
import { jsonLine } from './json-line.js';

let latest: RecordLine | undefined;
let text = '';

/** A record as JSON, made once: those who write it are told of it one after another. */
export function recordText(line: RecordLine): string {
  if (line !== latest) {
    text = jsonLine(line);
    latest = line;
  }
  return text;
}
