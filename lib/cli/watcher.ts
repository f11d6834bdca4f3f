import type { FetchEvent } from '../model/event.js';
import type { FetchResult } from '../model/result.js';
import type { RecordLine } from '../observe/report/record-line.js';

/** How a run ended. */
export interface RunEnd {
  /** From the first pull to the last record in ms. */
  readonly duration: number;
  /** It was stopped before its inputs were at their end. */
  readonly isCut: boolean;
}

/**
 * Looks on at a run: what writes its records, counts them, shows them. Each is one file of cli/.
 * What it throws, or rejects with, ends the run: its output cannot be written.
 */
export interface Watcher {
  /** Opens what is written, before anything is fetched. It is called in runs alone, and waited for. */
  begin?(): Promise<void>;
  /** An event of the pipeline, as it happens. */
  event?(event: FetchEvent): void;
  /** A record. While the promise is pending it counts like one that is fetched; the next ones may come meanwhile. */
  record?(line: RecordLine, result: FetchResult<unknown>): void | Promise<void>;
  /** The inputs are at their end: so many there were. Not told of a run that is stopped before. */
  inputs?(count: number): void;
  /** All records have come: what was opened is to be whole now. */
  end?(end: RunEnd): void | Promise<void>;
}
