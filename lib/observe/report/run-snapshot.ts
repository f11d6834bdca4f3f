import type { FailureKind, Phase } from '../../model/fetch-error.js';
import type { HostRow, OtherHosts } from './host-table.js';
import type { Throughput } from './throughput-series.js';

/** How fast a run goes, per second. */
export interface Rates {
  /** Records. */
  readonly records: number;
  /** Attempts started. */
  readonly requests: number;
  /** Bytes of bodies as they came over the wire, counted when their record comes. */
  readonly wireBytes: number;
}

/** How long it took from an input's first attempt to its record, in ms: retries and back-offs are in it. */
export interface Percentiles {
  /** Median: half of them took no longer. */
  readonly p50: number;
  /** Of a hundred, 90 took no longer. */
  readonly p90: number;
  /** Of a hundred, 95 took no longer. */
  readonly p95: number;
  /** Of a hundred, 99 took no longer. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/** The failures of one kind. */
export interface FailureRow {
  /** As `kind` of a FetchError. */
  readonly kind: FailureKind;
  /** How many there are. */
  readonly count: number;
  /** What was asked for by the first of them, without credentials. */
  readonly url: string;
  /** What the first of them says. */
  readonly message: string;
}

/** Failures of one kind that are alike: in status, in code and, where time or a rule ended them, in phase. */
export interface FailureGroup extends FailureRow {
  /** As `status` of their errors. */
  readonly status?: number;
  /** As `code` of their errors. */
  readonly code?: string;
  /** As `phase` of their errors, of the kinds `timeout` and `blocked`. */
  readonly phase?: Phase;
}

/** One of the inputs that took longest. */
export interface SlowRow {
  /** What was asked for, without credentials. */
  readonly url: string;
  /** From its first attempt to its record in ms. */
  readonly duration: number;
  /** How many attempts were started. */
  readonly attempts: number;
  /** Whether it succeeded. */
  readonly ok: boolean;
  /** Why it did not; `cancelled`: it was cut off. */
  readonly kind?: FailureKind;
}

/** Records of one status. */
export interface StatusRow {
  /** HTTP status code. */
  readonly status: number;
  /** How many records have it. */
  readonly count: number;
}

/** How a run stands, as plain data. */
export interface RunSnapshot {
  /** Ms since the first input was pulled. */
  readonly elapsed: number;
  /** Inputs taken from the source. */
  readonly pulled: number;
  /** How many of them have their record. */
  readonly settled: number;
  /** How many records are a success. */
  readonly succeeded: number;
  /** How many records are a failure; those that were cut off are none. */
  readonly failed: number;
  /** How many records are of kind `cancelled`: they were cut off. */
  readonly cancelled: number;
  /** Inputs that have an attempt under way. */
  readonly inFlight: number;
  /** Inputs that were pulled and wait: for a slot, for their host, for another attempt. */
  readonly waiting: number;
  /** Attempts started. */
  readonly requests: number;
  /** How many of the attempts of inputs that have their record were not the first. */
  readonly retries: number;
  /** Inputs that succeeded after more than one attempt. */
  readonly healed: number;
  /** Bytes of all bodies, decoded. */
  readonly bytes: number;
  /** Bytes of all bodies as they came over the wire. */
  readonly wireBytes: number;
  /** Of the latest ten seconds. */
  readonly now: Rates;
  /** Of the whole run. */
  readonly overall: Rates;
  /** Of inputs that were sent at all; absent where none was. Exact to 1 ms, from 256 ms on to 0.2 %. */
  readonly durations?: Percentiles;
  /** Each kind of failure that there was, the most frequent first; never `cancelled`. */
  readonly failures: readonly FailureRow[];
  /** The twelve largest groups of them that are alike, the largest first. */
  readonly failureGroups: readonly FailureGroup[];
  /** How many failures are in none of these groups; absent where there is none. */
  readonly otherFailures?: number;
  /** Each status that records have, ascending. */
  readonly statuses: readonly StatusRow[];
  /** The inputs that took longest, the longest first. */
  readonly slowest: readonly SlowRow[];
  /** The hosts that have the most records. */
  readonly hosts: readonly HostRow[];
  /** All other hosts in one row; absent where there is none. */
  readonly otherHosts?: OtherHosts;
  /** The three hosts with the highest p95. */
  readonly slowestHosts: readonly HostRow[];
  /** Over time. */
  readonly throughput: Throughput;
}
