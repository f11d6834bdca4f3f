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
export type { RecordError, RecordLine, RecordLineOptions } from './record-line.js';
export { timings } from './timings.js';
export type { Timing, Timings, Try } from './timings.js';
