import { basename, join } from 'node:path';
import type { FetchResult } from '../model/result.js';
import { recordLine, type RecordLine } from '../observe/report/record-line.js';
import type { Timing } from '../observe/report/timings.js';
import { InputRequest } from './input/input-request.js';
import { retold } from './retold.js';
import type { RunPlan } from './run-plan.js';

/** Most bytes of a body that a record may hold: there is no string for many more of them. */
const mostBody = 64 * 1024 * 1024;

/** The line of a record, with where its input stands, in the command's words. */
export function lineOf(
  result: FetchResult<unknown>,
  { inputs, body, files: { save } }: Pick<RunPlan, 'inputs' | 'body' | 'files'>,
  timing: Timing | undefined,
): RecordLine {
  const place = result.request instanceof InputRequest ? result.request.place : undefined;
  const line = recordLine(result, {
    body: body !== 'none' && bytesOf(result) > mostBody ? 'none' : body,
    timing,
    input: inputs.files.length > 1 ? place?.file : undefined,
    line: place?.line,
  });
  if (line.file !== undefined && save !== undefined)
    return { ...line, file: join(save, basename(line.file)) };
  if (!line.error) return line;
  return { ...line, error: { ...line.error, message: retold(line.error, result.request) } };
}

function bytesOf(result: FetchResult<unknown>): number {
  const page = (result.ok ? result.value : result.error.page) as { readonly body?: unknown } | undefined;
  return page?.body instanceof Uint8Array ? page.body.length : 0;
}
