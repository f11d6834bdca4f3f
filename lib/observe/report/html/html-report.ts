import { received } from '../../../pipeline/option-rules.js';
import { shortened } from '../../lane-label.js';
import { checkNames } from '../../option-checks.js';
import { failureAdvice } from '../failure-advice.js';
import { hostOf, HostTable } from '../host-table.js';
import type { RecordLine } from '../record-line.js';
import { ChosenRecords } from './chosen-records.js';
import { FailureCells } from './failure-cells.js';
import { FirstInputs } from './first-inputs.js';
import { LatencyTally } from './latency.js';
import { leanLine } from './lean-line.js';
import type { ReportData } from './report-data.js';
import { RunTally } from './run-tally.js';
import { SampleList } from './sample-list.js';
import { pageWith } from './page-with.js';

/** Options of `htmlReport`. */
export interface HtmlReportOptions {
  /** What stands at the top of the page. @default 'Report of a run' */
  readonly title?: string;
}

/** A report that is being written. */
export interface HtmlReport {
  /** Takes a record. They come in any order; what is kept of them does not grow with their number. */
  next(line: RecordLine): void;
  /** The page for the records that have come so far. */
  html(): string;
}

/** Rows of the table of hosts, characters of a host, and pixels of the marble diagram. */
const mostHosts = 1_000;
const longestHost = 100;
const marbleWidth = 1_120;

/**
 * Makes a page to look at out of the records of a run: outcomes, latencies, throughput, failures and what to do about
 * them, a waterfall of the slowest, failed and first records, hosts, and the marble diagram of the first 200 inputs.
 *
 * The page is one HTML file below 2 MB, however many records there were. It asks for nothing from outside, which its
 * Content-Security-Policy forbids too, and shows what servers sent as text alone. What it is to say of times needs
 * records with a `timing`, of {@link timings}.
 *
 * @throws TypeError for a wrong option
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { htmlReport, recordLine, timings } from 'sluice/report';
 *
 * const events = timings();
 * const report = htmlReport({ title: 'The catalogue' });
 * fetchFrom(urls, { events }).subscribe({
 *   next: (result) => report.next(recordLine(result, { timing: events.of(result) })),
 *   complete: () => writeFileSync('report.html', report.html()),
 * });
 */
export function htmlReport(options: HtmlReportOptions = {}): HtmlReport {
  checkNames('htmlReport', options, ['title']);
  const { title = 'Report of a run' } = options;
  if (typeof title !== 'string') {
    throw new TypeError(`htmlReport: expected \`title\` to be a string, got ${received(title)}`);
  }
  const run = new RunTally();
  const latency = new LatencyTally();
  const hosts = new HostTable();
  const failures = new FailureCells();
  const chosen = new ChosenRecords();
  const first = new FirstInputs();

  function data(): ReportData {
    const list = new SampleList(run.begin ?? 0);
    const { slowest, failed, first: earliest } = chosen.choices();
    const waterfall = {
      slowest: list.placesOf(slowest),
      failed: list.placesOf(failed),
      first: list.placesOf(earliest),
    };
    const tallies = failures.tallies();
    const kinds = new Set(tallies.map(({ kind }) => kind));
    const { hosts: rows, otherHosts } = hosts.busiest(mostHosts);
    return {
      title,
      totals: run.totals(),
      outcomes: run.outcomes(),
      latency: latency.latency(),
      series: run.series(),
      failures: {
        cells: tallies.map(({ kind, status, host, count, samples }) => ({
          kind,
          ...(status !== undefined && { status }),
          ...(host !== undefined && { host }),
          count,
          samples: list.placesOf(samples),
        })),
        advice: Object.fromEntries([...kinds].map((kind) => [kind, failureAdvice[kind]])),
      },
      hosts: {
        rows: rows.map((row) => ({ ...row, host: shortened(row.host, longestHost) })),
        others: otherHosts,
      },
      waterfall,
      marbles: first.svg(marbleWidth),
      samples: list.samples,
      samplesLeftOut: list.leftOut,
    };
  }

  return {
    next(line) {
      let lean: RecordLine | undefined;
      const keep = (): RecordLine => (lean ??= leanLine(line));
      run.add(line);
      latency.add(line);
      hosts.add(line);
      failures.add(shortened(hostOf(line.request.url), longestHost), line, keep);
      chosen.add(line, keep);
      first.add(line, keep);
    },
    html: () => pageWith(data()),
  };
}
