import { of, type Observable } from 'rxjs';
import { fetchFrom, type FetchEvent, type FetchRequest, type FetchResult, type Page } from 'sluice';
import { recordLine, runStatistics, timings, type RecordLine, type RunSnapshot } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../support/marbles.js';

const a = 'http://a.example/';
const b = 'http://b.example:8080/';

const pull = (index: number, at = 0): FetchEvent => ({ type: 'pull', index, at, request: { url: a } });
const start = (index: number, at = 0, attempt = 1): FetchEvent => ({
  type: 'start',
  index,
  at,
  request: { url: a },
  attempt,
});
const wait = (index: number, at = 0): FetchEvent => ({
  type: 'wait',
  index,
  at,
  attempt: 1,
  until: 9,
  error: failure('network').error,
});
const settle = (result: FetchResult<unknown>, at = 0): FetchEvent => ({
  type: 'settle',
  index: result.index,
  at,
  result,
});
const after = (...events: FetchEvent[]): RunSnapshot => {
  const statistics = runStatistics();
  events.forEach((event) => statistics.next(event));
  return statistics.snapshot();
};

/** A line of a record that took so long. */
const line = (url: string, duration: number, more: Partial<RecordLine> = {}): RecordLine => ({
  ...recordLine(success(page(url), { url, attempts: 1, duration })),
  ...more,
});
const statisticsOf = (lines: Iterable<RecordLine>, options = {}): RunSnapshot => {
  const statistics = runStatistics(options);
  for (const each of lines) statistics.record(each);
  return statistics.snapshot();
};

describe('runStatistics', () => {
  it('knows of every input where it is', () => {
    expect(after(pull(0), pull(1), pull(2), start(0), start(1))).toMatchObject({
      pulled: 3,
      settled: 0,
      inFlight: 2,
      waiting: 1,
      requests: 2,
    });
    expect(after(pull(0), start(0), wait(0))).toMatchObject({ pulled: 1, inFlight: 0, waiting: 1 });
    expect(after(pull(0), start(0), wait(0), start(0, 0, 2))).toMatchObject({ inFlight: 1, requests: 2 });
    expect(after(pull(0), start(0), start(0, 3))).toMatchObject({ inFlight: 1, requests: 1 }); // it went back once
    const none = settle(failure('cancelled', { index: 0, attempts: 0 }));
    expect(after(pull(0), start(0), none)).toMatchObject({ settled: 1, inFlight: 0, requests: 0 });
    const cut = settle(failure('cancelled', { index: 0, attempts: 1 }));
    expect(after(pull(0), start(0), wait(0), cut)).toMatchObject({ settled: 1, inFlight: 0, waiting: 0 });
    const queued = settle(failure('cancelled', { index: 0, attempts: 0 }));
    expect(after(pull(0), pull(1), start(1), queued)).toMatchObject({ settled: 1, inFlight: 1, waiting: 0 });
  });

  it(
    'says of a run that is over the same as its records do',
    marbles(({ transport, scheduler, flush }) => {
      const net = transport({ [a]: ['-#', '--(p|)'], [b]: '----(4|)', 'http://c/': '-----(p|)' }, {});
      const statistics = runStatistics();
      const times = timings();
      const lines: RecordLine[] = [];
      fetchFrom([a, b, 'http://c/', 'no url'], {
        transport: net,
        concurrency: 2,
        retry: { limit: 1, backoff: () => 5 },
        events: {
          next(event) {
            statistics.next(event);
            times.next(event);
          },
        },
      }).subscribe((result) => lines.push(recordLine(result, { timing: times.of(result) })));
      flush();

      const fromLines = runStatistics();
      lines.forEach((each) => fromLines.record(each));
      const told = statistics.snapshot(scheduler.now());
      const read = fromLines.snapshot(scheduler.now());
      expect({ ...read, now: { ...read.now, requests: told.now.requests } }).toStrictEqual(told);
      expect(told).toMatchObject({ pulled: 4, settled: 4, inFlight: 0, waiting: 0 });
      expect(told).toMatchObject({ succeeded: 2, failed: 2, requests: 4, retries: 1, healed: 1 });
      expect(told.failures.map(({ kind, url }) => [kind, url])).toStrictEqual([
        ['http', b],
        ['invalid', '"no url"'],
      ]);
      expect(told.statuses).toStrictEqual([
        { status: 200, count: 2 },
        { status: 404, count: 1 },
      ]);
    }),
  );

  it('counts bytes, decoded and on the wire, and how fast they come', () => {
    const value = { ...page(a, { body: 'x'.repeat(1_000) }), encodedBytes: 400 };
    const snapshot = after(
      pull(0, 5_000),
      start(0, 5_000),
      settle(success(value, { index: 0, attempts: 1 }), 7_000),
    );
    expect(snapshot).toMatchObject({ elapsed: 2_000, bytes: 1_000, wireBytes: 400 });
    expect(snapshot.overall).toStrictEqual({ records: 0.5, requests: 0.5, wireBytes: 200 });
    expect(snapshot.now).toStrictEqual({ records: 0.5, requests: 0.5, wireBytes: 200 });
  });

  it('takes the first failure of each kind for its example, the most frequent kind first', () => {
    const dns = failure('dns', { url: 'http://user:secret@a/', message: 'no address' });
    const http = (n: number): FetchResult =>
      failure('http', { url: `http://a/${n}`, status: 404, message: `no ${n}` });
    const { failures } = statisticsOf([dns, http(1), http(2)].map((result) => recordLine(result)));
    expect(failures).toStrictEqual([
      { kind: 'http', count: 2, url: 'http://a/1', message: 'no 1' },
      { kind: 'dns', count: 1, url: 'http://a/', message: 'no address' },
    ]);
  });

  it('tells failures of a kind apart by status, code, phase where time ended them, and leaves out what was cut off', () => {
    const all = [
      failure('cancelled', { url: 'http://a/0' }),
      failure('cancelled', { url: 'http://a/1' }),
      failure('http', { url: 'http://a/2', status: 503 }),
      failure('http', { url: 'http://a/3', status: 404 }),
      failure('http', { url: 'http://a/4', status: 503 }),
    ];
    const early = { kind: 'timeout', message: 'early', phase: 'queue' } as const;
    const late = { kind: 'timeout', message: 'late', phase: 'body', code: 'ETIMEDOUT' } as const;
    const lines = [
      ...all.map((result) => recordLine(result)),
      ...[early, late].map((error) => line('http://b/', 1, { ok: false, error })),
    ];
    const { failures, failureGroups, otherFailures, failed, cancelled, hosts } = statisticsOf(lines);
    expect(
      failureGroups.map(({ kind, status, code, phase, count }) => [kind, status, code, phase, count]),
    ).toEqual([
      ['http', 503, undefined, undefined, 2],
      ['http', 404, undefined, undefined, 1],
      ['timeout', undefined, undefined, 'queue', 1],
      ['timeout', undefined, 'ETIMEDOUT', 'body', 1],
    ]);
    expect(failures.map(({ kind, count }) => [kind, count])).toEqual([
      ['http', 3],
      ['timeout', 2],
    ]);
    expect([failed, cancelled]).toEqual([5, 2]);
    expect(hosts.map((row) => [row.host, row.failed, row.cancelled])).toEqual([
      ['a', 3, 2],
      ['b', 2, 0],
    ]);
    expect(otherFailures).toBeUndefined();
  });

  it('counts groups of failures without end, in memory that has one', () => {
    const lines = Array.from({ length: 1_000 }, (_, n) =>
      line('http://b/', 1, { ok: false, error: { kind: 'network', message: '', code: `E${n}` } }),
    );
    const { failures, failureGroups, otherFailures } = statisticsOf(lines);
    expect(failures).toMatchObject([{ kind: 'network', count: 1_000 }]);
    expect([failureGroups.length, otherFailures]).toEqual([12, 988]);
  });

  it('remembers the slowest, and leaves out of the times what was never sent', () => {
    const lines = [5, 90, 20, 90, 70].map((duration, n) => line(`${a}${n}`, duration));
    const unsent = line('http://nobody/', 0, { ok: false, attempts: 0 });
    const { slowest, durations } = statisticsOf([...lines, unsent], { slowest: 3 });
    expect(slowest.map(({ url, duration }) => [url, duration])).toStrictEqual([
      [`${a}1`, 90],
      [`${a}3`, 90],
      [`${a}4`, 70],
    ]);
    expect(durations).toStrictEqual({ p50: 70, p90: 90, p95: 90, p99: 90, max: 90 });
    expect(statisticsOf([unsent])).not.toHaveProperty('durations');
    expect(statisticsOf(lines, { slowest: 0 }).slowest).toStrictEqual([]);
  });

  it('has a row for the hosts with the most records, and one for the others', () => {
    const lines = [
      line(a, 10),
      line(a, 12),
      line(b, 900),
      line('http://c/', 16, { ok: false }),
      line('not a URL', 1),
    ];
    const { hosts, otherHosts, slowestHosts } = statisticsOf(lines, { hosts: 2 });
    expect(hosts).toMatchObject([
      { host: 'a.example', records: 2, requests: 2, failed: 0, p50: 10, p95: 12 },
      { host: 'b.example:8080', records: 1 },
    ]);
    expect(otherHosts).toMatchObject({ hosts: 2, records: 2, failed: 1, p50: 1, p95: 16 });
    expect(slowestHosts.map(({ host }) => host)).toStrictEqual(['b.example:8080', 'c', 'a.example']);
  });

  it('keeps the busy ones of 20,000 hosts, loses no record, and says what the rest did', () => {
    const snapshot = statisticsOf(
      (function* () {
        for (let n = 0; n < 40_000; n++) {
          yield line(`http://h${n % 20_000}.example/`, 5);
          if (n % 10 === 0) yield line('http://busy.example/', 7);
        }
      })(),
    );
    expect(snapshot.hosts).toHaveLength(20);
    expect(snapshot.hosts[0]).toMatchObject({ host: 'busy.example', records: 4_000, p50: 7 });
    const shown = snapshot.hosts.reduce((total, { records }) => total + records, 0);
    expect(shown + (snapshot.otherHosts?.records ?? 0)).toBe(44_000);
    expect(snapshot.otherHosts).toMatchObject({ failed: 0, p95: 5 });
    expect(snapshot.settled).toBe(44_000);
  });

  it('takes the times of an earlier run from its lines, whatever their order', () => {
    const at = (pulled: number, settled: number): RecordLine => line(a, settled, { pulled, settled });
    const { elapsed, overall, throughput } = statisticsOf([at(9_000, 1_000), at(1_000, 500), at(5_000, 0)]);
    expect(elapsed).toBe(9_000);
    expect(overall.records).toBeCloseTo(3 / 9);
    expect(throughput.start).toBe(1_500);
    expect(throughput.records.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('is an observer of a pipeline, and its snapshot plain data', () => {
    const statistics = runStatistics();
    const urls = Array.from({ length: 50 }, (_, n) => `${a}${n}`);
    const transport = ({ url }: FetchRequest): Observable<Page> => of(page(String(url)));
    fetchFrom(urls, { transport, events: statistics }).subscribe();
    const snapshot = statistics.snapshot();
    expect(snapshot).toMatchObject({ pulled: 50, succeeded: 50, inFlight: 0, waiting: 0 });
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot);
  });

  it('says of nothing that it is nothing', () => {
    expect(runStatistics().snapshot(5)).toMatchObject({ elapsed: 0, pulled: 0, failures: [], hosts: [] });
  });

  it.each([
    [{ slowst: 3 }, 'runStatistics: there is no option `slowst`; did you mean `slowest`?'],
    [{ hosts: -1 }, 'runStatistics: expected `hosts` to be an integer from 0 up, got `-1` (number)'],
  ])('refuses %j', (options, message) => {
    expect(() => runStatistics(options as object)).toThrow(new TypeError(message));
  });
});
