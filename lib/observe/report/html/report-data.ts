import type { FailureKind } from '../../../model/fetch-error.js';
import type { StatusRow } from '../run-snapshot.js';
import type { HostRow, OtherHosts } from '../host-table.js';

/** What the page of a report knows of a run. It is written into the page as JSON; all times are in ms. */
export interface ReportData {
  readonly title: string;
  readonly totals: Totals;
  /** How often inputs ended so: fetched, then failures, the most frequent first, then what was cut off. */
  readonly outcomes: readonly { readonly kind: FailureKind | 'ok'; readonly count: number }[];
  readonly latency: Latency;
  /** Undefined where the records do not say when things happened. */
  readonly series: Series | undefined;
  readonly failures: Failures;
  readonly hosts: Hosts;
  /** Records that are shown by themselves; what names a record names its place in here. */
  readonly samples: readonly Sample[];
  /** Records that were chosen to be shown, and had no room. */
  readonly samplesLeftOut: number;
  readonly waterfall: Readonly<Record<Choice, readonly number[]>>;
  /** The marble diagram of the first inputs as an SVG; undefined where there are no times. */
  readonly marbles: string | undefined;
}

/** Which records the waterfall shows. */
export type Choice = 'slowest' | 'failed' | 'first';

export interface Totals {
  readonly records: number;
  readonly ok: number;
  /** Of kind `cancelled`: they were cut off, and are not among those that failed. */
  readonly cancelled: number;
  readonly attempts: number;
  readonly bytes: number;
  /** When the first input was pulled: ms since 1970. */
  readonly begin: number | undefined;
  /** From the first pull to the last record. */
  readonly duration: number | undefined;
  /** How often each HTTP status came, by status. */
  readonly statuses: readonly StatusRow[];
}

/** How long the records took from the first attempt on. Those without an attempt are not counted. */
export interface Latency {
  readonly count: number;
  /** Bars; a bar is as wide as its `to` is above its `from`. */
  readonly bars: readonly LatencyBar[];
  readonly percentiles: readonly (readonly [percent: number, ms: number])[];
  readonly most: number;
}

export interface LatencyBar {
  readonly from: number;
  readonly to: number;
  readonly ok: number;
  readonly failed: number;
}

/** What happened in each stretch of time, all of them `width` long. */
export interface Series {
  /** When the first one begins: ms since the first pull, which may lie within it. */
  readonly begin: number;
  readonly width: number;
  /** Records that came. */
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly bytes: readonly number[];
  /** Mean numbers of inputs that were under way, and that waited for a slot or another attempt. */
  readonly inFlight: readonly number[];
  readonly waiting: readonly number[];
}

export interface Failures {
  readonly cells: readonly FailureCell[];
  /** What to do about a kind. */
  readonly advice: Readonly<Partial<Record<FailureKind, string>>>;
}

/** Failures that are alike. */
export interface FailureCell {
  readonly kind: FailureKind;
  readonly status?: number;
  /** Undefined: of hosts that have no cell of their own. */
  readonly host?: string;
  readonly count: number;
  readonly samples: readonly number[];
}

export interface Hosts {
  readonly rows: readonly HostRow[];
  /** The hosts that have no row of their own, in one; undefined where there are none. */
  readonly others: OtherHosts | undefined;
}

/** A record that is shown by itself. */
export interface Sample {
  readonly index: number;
  /** URL without credentials; long ones are cut in the middle, where they have a `…`. */
  readonly url: string;
  readonly method?: string;
  /** Where redirects led. */
  readonly finalUrl?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly kind?: FailureKind;
  readonly code?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly attempts: number;
  readonly waited: number;
  readonly duration: number;
  /** Since the run's first pull. */
  readonly pulled?: number;
  /** Since its own pull, as are the times of its tries. */
  readonly settled?: number;
  readonly tries?: readonly SampleTry[];
}

/** When an attempt started, was sent, had its response's head, and ended; null where that is not known. */
export type SampleTry = readonly [start: number, sent: number | null, response: number | null, end: number];
