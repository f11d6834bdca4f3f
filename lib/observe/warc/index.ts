/**
 * What was fetched as a web archive: WARC 1.1, ISO 28500.
 *
 * @module sluice/warc
 */
export { openWarc } from './open-warc.js';
export type { WarcArchive, WarcOptions } from './open-warc.js';
export { OutputError } from '../../files/output-error.js';
export type { RecordLine } from '../report/record-line.js';
export type { FetchResult } from '../../model/result.js';
