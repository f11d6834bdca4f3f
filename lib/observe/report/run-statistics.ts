import type { FetchEvent } from '../../model/event.js';
import { checkCount } from '../option-checks.js';
import { checkNames } from '../../pipeline/option-names.js';
import { HostTable } from './host-table.js';
import { RateWindow } from './rate-window.js';
import { RecordCounts } from './record-counts.js';
import { outcomeOf, type Outcome, type RecordLine } from './record-line.js';
import type { Rates, RunSnapshot } from './run-snapshot.js';
import { ThroughputSeries } from './throughput-series.js';

/** Options of `runStatistics`. */
export interface RunStatisticsOptions {
  /** How many hosts have a row of their own in a snapshot. @default 20 */
  readonly hosts?: number;
  /** How many of the slowest inputs are remembered. @default 10 */
  readonly slowest?: number;
}

/** An observer of events that knows how a run stands. */
export interface RunStatistics {
  /** Takes what the `events` option tells. */
  next(event: FetchEvent): void;
  /** Counts a record that no event told of: one of an earlier run. */
  record(line: RecordLine): void;
  /**
   * How the run stands.
   * @param now on the pipeline's scheduler in ms; the latest time that it was told of, if absent
   */
  snapshot(now?: number): RunSnapshot;
}

/**
 * Counts what a run does, in memory that does not grow with its inputs: totals, failures by kind, rates, percentiles,
 * the slowest inputs, hosts, throughput over time.
 *
 * Of hosts at most 2,000 are counted apart: when there are more, the half that has the fewest records is folded into
 * `otherHosts`, and a host that comes again after that is counted anew. It is for the events of one subscription: inputs
 * are told apart by their index.
 *
 * @throws TypeError for a wrong option
 * @example
 * const statistics = runStatistics();
 * fetchFrom(urls, { events: statistics }).subscribe({
 *   complete: () => console.log(summaryText(statistics.snapshot())),
 * });
 */
export function runStatistics(options: RunStatisticsOptions = {}): RunStatistics {
  const { hosts = 20, slowest = 10 } = options;
  checkNames('runStatistics', options, ['hosts', 'slowest']);
  checkCount('runStatistics', 'hosts', hosts, 0);
  checkCount('runStatistics', 'slowest', slowest, 0);
  return new Statistics(hosts, slowest);
}

class Statistics implements RunStatistics {
  private pulled = 0;
  private settled = 0;
  private started = 0;
  /** The number of the attempt that each input has under way. */
  private readonly inFlight = new Map<number, number>();
  private first: number | undefined;
  private latest = 0;
  private readonly counts: RecordCounts;
  private readonly hosts = new HostTable();
  private readonly series = new ThroughputSeries();
  private readonly windows = {
    records: new RateWindow(),
    requests: new RateWindow(),
    wireBytes: new RateWindow(),
  };

  constructor(
    private readonly mostHosts: number,
    mostSlow: number,
  ) {
    this.counts = new RecordCounts(mostSlow);
  }

  next(event: FetchEvent): void {
    const { index, at } = event;
    this.sawTime(at);
    switch (event.type) {
      case 'pull':
        this.pulled++;
        break;
      case 'start':
        if (this.inFlight.get(index) !== event.attempt) {
          this.started++; // else the one before went back to the gate, and does not count
          this.windows.requests.add(at, 1);
        }
        this.inFlight.set(index, event.attempt);
        break;
      case 'response':
        break;
      case 'wait':
        this.inFlight.delete(index);
        break;
      case 'settle':
        this.settled++;
        if ((this.inFlight.get(index) ?? 0) > event.result.attempts) this.started--; // it went back, and no other came
        this.inFlight.delete(index);
        this.count(outcomeOf(event.result), at);
        break;
    }
  }

  record(line: RecordLine): void {
    const { pulled, settled } = line;
    if (pulled !== undefined) this.sawTime(pulled);
    const at = pulled !== undefined && settled !== undefined ? pulled + settled : this.latest;
    this.sawTime(at);
    this.count(line, at);
  }

  snapshot(now = this.latest): RunSnapshot {
    const { counts, inFlight, windows, first = now } = this;
    const { settled, succeeded, retries, healed, bytes, wireBytes } = counts;
    const unsettled = Math.max(0, this.pulled - this.settled);
    const requests = Math.max(this.started, counts.requests);
    const elapsed = Math.max(0, now - first);
    const perSecond = (count: number): number => (elapsed > 0 ? (count / elapsed) * 1_000 : 0);
    const latest: Rates = {
      records: windows.records.perSecond(now, first),
      requests: windows.requests.perSecond(now, first),
      wireBytes: windows.wireBytes.perSecond(now, first),
    };
    const durations = counts.percentiles();
    return {
      elapsed,
      pulled: settled + unsettled,
      settled,
      succeeded,
      failed: settled - succeeded - counts.cancelled,
      cancelled: counts.cancelled,
      inFlight: inFlight.size,
      waiting: Math.max(0, unsettled - inFlight.size),
      requests,
      retries,
      healed,
      bytes,
      wireBytes,
      now: latest,
      overall: {
        records: perSecond(settled),
        requests: perSecond(requests),
        wireBytes: perSecond(wireBytes),
      },
      ...(durations && { durations }),
      ...counts.failures(),
      statuses: counts.statuses(),
      slowest: counts.slowest(),
      ...this.hosts.busiest(this.mostHosts),
      slowestHosts: this.hosts.slowest(3),
      throughput: this.series.snapshot(),
    };
  }

  private count(outcome: Outcome, at: number): void {
    const { ok, wireBytes = 0 } = outcome;
    this.counts.add(outcome);
    this.hosts.add(outcome);
    this.series.add(at, !ok, wireBytes);
    this.windows.records.add(at, 1);
    this.windows.wireBytes.add(at, wireBytes);
  }

  private sawTime(at: number): void {
    this.first = this.first === undefined ? at : Math.min(this.first, at);
    this.latest = Math.max(this.latest, at);
  }
}
