/**
 * What became of a run: its records as lines of NDJSON, and what is made of them.
 *
 * @module sluice/report
 */
export { eventsOf } from './events-of.js';
export { htmlReport } from './html/html-report.js';
export type { HtmlReport, HtmlReportOptions } from './html/html-report.js';
export { readRecordLine } from './read-record-line.js';
export { recordLine } from './record-line.js';
export type { RecordError, RecordLine, RecordLineOptions, RequestSummary } from './record-line.js';
export { timings } from './timings.js';
export type { Timing, Timings, Try } from './timings.js';
export { runStatistics } from './run-statistics.js';
export type { RunStatistics, RunStatisticsOptions } from './run-statistics.js';
export type {
  FailureGroup,
  FailureRow,
  Percentiles,
  Rates,
  RunSnapshot,
  SlowRow,
  StatusRow,
} from './run-snapshot.js';
export type { HostRow, OtherHosts } from './host-table.js';
export type { Throughput } from './throughput-series.js';
export { progressText } from './progress-text.js';
export type { ProgressTextOptions } from './progress-text.js';
export { summaryText } from './summary-text.js';
export type { SummaryTextOptions } from './summary-text.js';
export { failureAdvice } from './failure-advice.js';
