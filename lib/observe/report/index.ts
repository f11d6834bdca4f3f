/**
 * What became of a run: its records as lines of NDJSON, and what is made of them.
 *
 * @module sluice/report
 */
export { recordLine } from './record-line.js';
export type { RecordError, RecordLine, RecordLineOptions } from './record-line.js';
export { timings } from './timings.js';
export type { Timing, Timings, Try } from './timings.js';
