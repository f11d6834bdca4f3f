import type { RecordLine } from '../record-line.js';
import type { Sample } from './report-data.js';

/** What the page shows of a record that was kept. */
export function sampleOf(line: RecordLine, begin: number): Sample {
  const { index, request, url, status, bytes, attempts, waited, duration, pulled, settled, tries, error } =
    line;
  return {
    index,
    url: request.url,
    ...(request.method !== undefined && { method: request.method }),
    ...(url !== undefined && url !== request.url && { finalUrl: url }),
    ...(status !== undefined && { status }),
    ...(bytes !== undefined && { bytes }),
    ...(error && {
      kind: error.kind,
      message: error.message,
      ...(error.code !== undefined && { code: error.code }),
      ...(error.phase !== undefined && { phase: error.phase }),
    }),
    attempts,
    waited,
    duration,
    ...(pulled !== undefined && { pulled: pulled - begin }),
    ...(settled !== undefined && { settled }),
    ...(tries && {
      tries: tries.map(
        ({ start, sent, response, end }) => [start, sent ?? null, response ?? null, end] as const,
      ),
    }),
  };
}
