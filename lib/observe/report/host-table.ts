import { parseTarget } from '../../model/target.js';
import { DurationHistogram } from './duration-histogram.js';
import type { Outcome } from './record-line.js';

/** What became of the inputs of one host. */
export interface HostRow {
  /** Name and port, as the URLs that were asked for have it; redirects do not matter. */
  readonly host: string;
  /** Inputs that have their record. */
  readonly records: number;
  /** Attempts that were started for them. */
  readonly requests: number;
  /** How many of the records are failures; those that were cut off are none. */
  readonly failed: number;
  /** How many of the records are of kind `cancelled`: they were cut off. */
  readonly cancelled: number;
  /** Bytes of the bodies, decoded. */
  readonly bytes: number;
  /** Median of their durations in ms, retries included; from 64 ms on exact to 0.6 %. */
  readonly p50: number;
  /** Of 100 durations, 95 are no longer than this; in ms, as exact. */
  readonly p95: number;
}

/** The hosts that have no row of their own, in one. */
export interface OtherHosts extends Omit<HostRow, 'host'> {
  /** How many they are at most: one that was folded into this row twice counts twice. */
  readonly hosts: number;
}

interface Counts {
  hosts: number;
  records: number;
  requests: number;
  failed: number;
  cancelled: number;
  bytes: number;
  readonly durations: DurationHistogram;
}

/** Hosts that are counted at once: each takes a few kB. */
const mostHeld = 2_000;

/**
 * A row for each host, in bounded memory: when a host would be the two thousand and first, the half that has the fewest
 * records is folded into one row. A host that comes again after that is counted anew.
 */
export class HostTable {
  private readonly held = new Map<string, Counts>();
  private readonly folded = noCounts();

  add({ request, ok, attempts, bytes = 0, duration, error }: Outcome): void {
    const counts = this.countsOf(hostOf(request.url));
    counts.records++;
    counts.requests += attempts;
    counts.bytes += bytes;
    if (error?.kind === 'cancelled') counts.cancelled++;
    else if (!ok) counts.failed++;
    if (attempts > 0) counts.durations.add(duration);
  }

  /** The hosts that have the most records, and all others in one row, if there are any. */
  busiest(most: number): { readonly hosts: readonly HostRow[]; readonly otherHosts?: OtherHosts } {
    const all = this.byRecords();
    const hosts = all.slice(0, most).map(rowOf);
    const others = noCounts();
    fold(this.folded, others);
    for (const [, counts] of all.slice(most)) fold(counts, others);
    return others.hosts === 0
      ? { hosts }
      : { hosts, otherHosts: { ...figuresOf(others), hosts: others.hosts } };
  }

  /** The hosts whose durations have the highest 95th percentile. */
  slowest(most: number): readonly HostRow[] {
    return [...this.held]
      .filter(([, { durations }]) => durations.count > 0)
      .map(rowOf)
      .sort((a, b) => b.p95 - a.p95 || b.records - a.records)
      .slice(0, most);
  }

  private countsOf(host: string): Counts {
    const known = this.held.get(host);
    if (known) return known;
    if (this.held.size >= mostHeld) this.foldHalf();
    const counts = { ...noCounts(), hosts: 1 };
    this.held.set(host, counts);
    return counts;
  }

  private foldHalf(): void {
    for (const [host, counts] of this.byRecords().slice(mostHeld / 2)) {
      fold(counts, this.folded);
      this.held.delete(host);
    }
  }

  private byRecords(): [string, Counts][] {
    return [...this.held].sort(([, a], [, b]) => b.records - a.records);
  }
}

function noCounts(): Counts {
  return {
    hosts: 0,
    records: 0,
    requests: 0,
    failed: 0,
    cancelled: 0,
    bytes: 0,
    durations: new DurationHistogram(64),
  };
}

function fold(from: Counts, into: Counts): void {
  into.hosts += from.hosts;
  into.records += from.records;
  into.requests += from.requests;
  into.failed += from.failed;
  into.cancelled += from.cancelled;
  into.bytes += from.bytes;
  into.durations.addAll(from.durations);
}

function rowOf([host, counts]: [string, Counts]): HostRow {
  return { host, ...figuresOf(counts) };
}

function figuresOf({
  records,
  requests,
  failed,
  cancelled,
  bytes,
  durations,
}: Counts): Omit<HostRow, 'host'> {
  const [p50, p95] = [durations.percentile(50), durations.percentile(95)];
  return { records, requests, failed, cancelled, bytes, p50, p95 };
}

/** Name and port, as they stand in a URL. */
export function hostOf(url: string | URL): string {
  try {
    const { origin } = parseTarget(url);
    return origin.slice(origin.indexOf('//') + 2);
  } catch {
    return '(no host)';
  }
}
