import type { Page } from '../model/page.js';
import type { FailureKind } from '../model/fetch-error.js';
import type { FetchInput, FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import type { Pullable } from '../pipeline/pulled-source.js';

/** What became of the inputs that were to be enqueued. */
export interface EnqueueCounts {
  /** New in the queue. */
  readonly added: number;
  /** In the queue already: their key is that of an earlier input. */
  readonly duplicates: number;
}

/** How far a queue is; `queued + leased + done` is `total`. */
export interface QueueCounts {
  /** Inputs that were ever enqueued. */
  readonly total: number;
  /** Inputs that nobody works on. */
  readonly queued: number;
  /** Inputs that some worker holds. */
  readonly leased: number;
  /** Inputs that have their record. */
  readonly done: number;
  /** How many of those failed, by kind; kinds of which there are none are absent. */
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
}

/** One input that this worker holds: nobody else gets it while the lease is kept up. */
export interface Lease<T = Page, C = unknown> {
  /** Position of the input among all that were enqueued, from 0. */
  readonly index: number;
  /** What distinguishes it from all other inputs of the queue. */
  readonly key: string;
  /** What was enqueued; a string or a URL has become `{ url }`. */
  readonly request: FetchRequest<C>;
  /** Why it cannot be fetched at all: it was enqueued all the same, as it is owed a record. */
  readonly invalid: string | undefined;
  /** Workers that held it have died, more than once: it is to be fetched while nothing else is under way. */
  readonly isSuspect: boolean;
  /**
   * Stores the record under the input's key, then gives the lease up; never the other way round.
   * @returns the record that was stored: a failure where the queue cannot keep the given one, as it is too large for
   * the server, or its value is none that JSON can say. Undefined when there is a record already, which stays: the
   * lease had run out, and another was quicker
   */
  complete(record: FetchResult<T, C>): Promise<FetchResult<T, C> | undefined>;
  /** Keeps the lease for another `leaseTime`. */
  extend(): Promise<void>;
  /** Gives it back; it is not handed out before so many ms have passed. */
  retry(ms: number): Promise<void>;
  /** Gives it back at once; that it was held is forgotten. */
  release(): Promise<void>;
}

/** A worker that is at a queue now. */
export interface QueueWorker {
  /** Differs from all others. */
  readonly id: string;
  /** Its machine and the number of its process, for people. */
  readonly process: string;
  /** How many inputs it holds. */
  readonly held: number;
  /** How many records it has stored. */
  readonly stored: number;
  /** When it took its first inputs, in ms since 1970, by its own clock. */
  readonly since: number;
}

/** What to wait for. */
export interface LeaseOptions {
  /** Ends the wait: with no lease. @default none */
  readonly signal?: AbortSignal | undefined;
  /** Waits for more inputs also when all have their record. @default false */
  readonly follow?: boolean;
}

/** Which records, and in which order. */
export interface ResultsOptions {
  /** `index`: as they were enqueued; `settled`: as they were stored. @default 'index' */
  readonly order?: 'index' | 'settled';
  /** Waits for the records that are still to come. Without, those that are stored now are all. @default false */
  readonly follow?: boolean;
  /** Ends the wait, and with it the results. @default none */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Requests that outlive the process, and their records. Each input that is enqueued ends with exactly one record,
 * whoever is killed when; fetches beyond the first are bounded by what was under way at each kill.
 */
export interface RequestQueue<T = Page, C = unknown> {
  /** How long a lease is good for without `extend`, in ms. */
  readonly leaseTime: number;
  /**
   * Adds inputs, pulled as they are stored. An input whose key is there already is counted and left out, so that
   * enqueuing the same list once more, after a kill, adds what was missing.
   */
  enqueue(inputs: Pullable<FetchInput<C>>): Promise<EnqueueCounts>;
  /**
   * Takes up to `most` inputs, oldest first. Waits until there is one; none when all have their record, or the
   * wait was ended, or the queue closed. A suspect comes alone.
   */
  lease(most: number, options?: LeaseOptions): Promise<readonly Lease<T, C>[]>;
  /** The stored records. */
  results(options?: ResultsOptions): AsyncIterableIterator<FetchResult<T, C>>;
  /** How far it is. */
  counts(): Promise<QueueCounts>;
  /** Those who work on it now: who has taken inputs, and has not closed it. */
  workers(): Promise<readonly QueueWorker[]>;
  /**
   * Deletes it, with all inputs and records, and closes it.
   * @throws QueueError, as a rejection: it cannot be deleted under those who use it
   */
  purge(): Promise<void>;
  /** Gives back what is still leased here, stores what is about to be, and lets go of files and connections. */
  close(): Promise<void>;
}
