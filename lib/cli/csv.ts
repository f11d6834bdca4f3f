import type { RecordLine } from '../observe/report/record-line.js';
import type { SchedulerLike } from 'rxjs';
import { LineWriter } from '../files/line-writer.js';
import type { Output } from '../files/output.js';
import { jsonLine } from './json-line.js';
import type { Watcher } from './watcher.js';

/** The columns of `--csv` in their order, and what they hold. New ones come at the end. */
export const csvColumns: Readonly<
  Record<string, (line: RecordLine) => string | number | boolean | undefined>
> = {
  index: ({ index }) => index,
  line: ({ line }) => line,
  ok: ({ ok }) => ok,
  request_url: ({ request }) => request.url,
  method: ({ request }) => request.method ?? 'GET',
  url: ({ url }) => url,
  redirects: ({ redirects }) => redirects?.length ?? 0,
  status: ({ status }) => status,
  bytes: ({ bytes }) => bytes,
  wire_bytes: ({ wireBytes }) => wireBytes,
  attempts: ({ attempts }) => attempts,
  waited: ({ waited }) => waited,
  duration: ({ duration }) => duration,
  pulled: ({ pulled }) => (pulled === undefined ? undefined : new Date(pulled).toISOString()),
  settled: ({ settled }) => settled,
  error_kind: ({ error }) => error?.kind,
  error_code: ({ error }) => error?.code,
  error_phase: ({ error }) => error?.phase,
  error_message: ({ error }) => error?.message,
  retry_after: ({ error }) => error?.retryAfter,
  file: ({ file }) => file,
  context: ({ request }) => (request.context === undefined ? undefined : jsonLine(request.context)),
  input: ({ input }) => input,
};

/**
 * Writes the table of `--csv`: RFC 4180, in UTF-8 with a byte-order mark, without which Excel takes it for another
 * encoding.
 *
 * @param failed is told when the file cannot be written while no record waits for it
 */
export async function csvWatcher(
  output: Output,
  scheduler: SchedulerLike,
  failed: (error: unknown) => void,
): Promise<Watcher> {
  const { stringify } = await import('csv-stringify/sync');
  const lines = new LineWriter(output, scheduler, failed);
  const row = (cells: readonly unknown[]): string =>
    stringify([[...cells]], {
      record_delimiter: 'windows',
      quoted_match: /[\r\n]/, // a lone one, too
      escape_formulas: true,
      cast: { boolean: String, string: harmless },
    });
  let head = `\uFEFF${row(Object.keys(csvColumns))}`;
  /** The file is opened with the first row: nothing is left of one that nobody ends. */
  const add = (text: string): Promise<void> | undefined => {
    const all = head + text;
    head = '';
    return lines.add(all);
  };
  return {
    begin: () => lines.begin(),
    record: (line) => add(row(Object.values(csvColumns).map((cell) => cell(line)))),
    async end() {
      await add('');
      await lines.end();
    },
  };
}

/**
 * Text from outside is to be text in a spreadsheet. What begins like a formula gets an apostrophe by `escape_formulas`;
 * here, what would begin like one where a semicolon or a tab parts the cells, as they do in half of Europe.
 */
function harmless(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/([;\t])(?=["'\s]*[=+\-@])/g, "$1'");
}
