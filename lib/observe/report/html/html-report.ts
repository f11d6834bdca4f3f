import type { FailureKind } from '../../../model/fetch-error.js';
import { received } from '../../../pipeline/option-rules.js';
import { shortened } from '../../printable.js';
import { checkNames } from '../../../pipeline/option-names.js';
import { failureAdvice } from '../failure-advice.js';
import { FirstInputs } from '../first-inputs.js';
import { hostOf } from '../host-table.js';
import type { RecordLine } from '../record-line.js';
import { runStatistics } from '../run-statistics.js';
import { ChosenRecords } from './chosen-records.js';
import { FailureCells } from './failure-cells.js';
import { LatencyTally } from './latency.js';
import { leanLine } from '../lean-line.js';
import type { ReportData } from './report-data.js';
import { RunTimes } from './run-times.js';
import { SampleList } from './sample-list.js';
import { pageWith } from './page-with.js';

/** Options of `htmlReport`. */
export interface HtmlReportOptions {
  /** What stands at the top of the page. @default 'Report of a run' */
  readonly title?: string;
  /** How an option or a field is called in the advice, where that is not its name here. @default its name */
  readonly nameOf?: (name: string) => string;
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
  checkNames('htmlReport', options, ['title', 'nameOf']);
  const { title = 'Report of a run', nameOf = (name: string) => name } = options;
  if (typeof title !== 'string') {
    throw new TypeError(`htmlReport: expected \`title\` to be a string, got ${received(title)}`);
  }
  return new Report(title, nameOf);
}

class Report implements HtmlReport {
  private readonly statistics = runStatistics({ hosts: mostHosts, slowest: 0 });
  private readonly times = new RunTimes();
  private readonly latency = new LatencyTally();
  private readonly failures = new FailureCells();
  private readonly chosen = new ChosenRecords();
  private readonly first = new FirstInputs();

  constructor(
    private readonly title: string,
    private readonly nameOf: (name: string) => string,
  ) {}

  next(line: RecordLine): void {
    let lean: RecordLine | undefined;
    const keep = (): RecordLine => (lean ??= leanLine(line));
    this.statistics.record(line);
    this.times.add(line);
    this.latency.add(line);
    if (!line.ok && line.error?.kind !== 'cancelled')
      this.failures.add(shortened(hostOf(line.request.url), longestHost), line, keep);
    this.chosen.add(line, keep);
    this.first.add(line, keep);
  }

  html(): string {
    return pageWith(this.data());
  }

  private data(): ReportData {
    const { settled, succeeded, cancelled, requests, bytes, statuses, failures, hosts, otherHosts } =
      this.statistics.snapshot();
    const { begin, duration } = this.times;
    const samples = new SampleList(begin ?? 0);
    const { slowest, failed, first } = this.chosen.choices();
    const ok = succeeded === 0 ? [] : [{ kind: 'ok' as const, count: succeeded }];
    const cut = cancelled === 0 ? [] : [{ kind: 'cancelled' as const, count: cancelled }];
    return {
      title: this.title,
      totals: {
        records: settled,
        ok: succeeded,
        cancelled,
        attempts: requests,
        bytes,
        begin,
        duration,
        statuses,
      },
      outcomes: [...ok, ...failures.map(({ kind, count }) => ({ kind, count })), ...cut],
      latency: this.latency.latency(),
      series: this.times.series(),
      waterfall: {
        slowest: samples.placesOf(slowest),
        failed: samples.placesOf(failed),
        first: samples.placesOf(first),
      },
      failures: {
        cells: this.failures.cells((lines) => samples.placesOf(lines)),
        advice: Object.fromEntries(failures.map(({ kind }) => [kind, this.adviceFor(kind)])),
      },
      hosts: {
        rows: hosts.map((row) => ({ ...row, host: shortened(row.host, longestHost) })),
        others: otherHosts,
      },
      marbles: begin === undefined ? undefined : this.first.svg(marbleWidth),
      samples: samples.samples,
      samplesLeftOut: samples.leftOut,
    };
  }

  /** The names in it keep their backticks. */
  private adviceFor(kind: FailureKind): string {
    return failureAdvice[kind].replaceAll(/`([^`]*)`/g, (_, name: string) => `\`${this.nameOf(name)}\``);
  }
}
