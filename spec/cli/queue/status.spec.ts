import { describe, expect, it } from 'vitest';
import { Pace } from '../../../lib/cli/queue/pace.js';
import { statusLines, statusOf } from '../../../lib/cli/queue/status-text.js';

const counts = (done: number) => ({ total: 1_000, queued: 1_000 - done, leased: 0, done, failed: {} });
const worker = (id: string, stored: number, since: number) => ({
  id,
  process: `host ${id}`,
  held: 2,
  stored,
  since,
});

describe('the pace of a queue', () => {
  it('is at first what its workers say, and then what was seen', () => {
    const pace = new Pace();
    const workers = [worker('a', 100, 90_000), worker('b', 50, 95_000)];
    expect(pace.add({ at: 100_000, counts: counts(400), workers })).toEqual({
      all: 20,
      workers: new Map([
        ['a', 10],
        ['b', 10],
      ]),
      eta: 30_000,
    });
    expect(pace.add({ at: 102_000, counts: counts(500), workers })).toMatchObject({ all: 50, eta: 10_000 });
  });

  it('forgets what is longer ago than half a minute', () => {
    const pace = new Pace();
    pace.add({ at: 0, counts: counts(0), workers: [] });
    pace.add({ at: 10_000, counts: counts(500), workers: [] });
    expect(pace.add({ at: 40_000, counts: counts(530), workers: [] }).all).toBe(1);
  });

  it('is unknown without workers, and of a worker with another clock no more than it stored', () => {
    expect(new Pace().add({ at: 0, counts: counts(5), workers: [] })).toMatchObject({
      all: undefined,
      eta: undefined,
    });
    expect(new Pace().add({ at: 0, counts: counts(5), workers: [worker('a', 5, 60_000)] }).all).toBe(5);
  });

  it('has no end when nothing is done', () => {
    const { all, eta } = new Pace().add({ at: 0, counts: counts(0), workers: [worker('a', 0, 0)] });
    expect([all, eta]).toEqual([0, undefined]);
  });
});

describe('the table of a queue', () => {
  const sample = {
    at: 100_000,
    counts: { total: 12_000, queued: 10_900, leased: 100, done: 1_000, failed: { http: 5, dns: 20 } },
    workers: [worker('a', 100, 90_000), worker('b', 1_900, 90_000)],
  };
  const status = statusOf('nats://host/pages', sample, new Pace().add(sample));

  it('shows how far it is, how fast, and who works', () => {
    expect(statusLines(status, 80, false)).toEqual([
      'nats://host/pages: 12,000 URLs',
      '  queued     10,900',
      '  leased        100',
      '  done        1,000  8%',
      '  succeeded     975',
      '  failed         25  dns 20, http 5',
      '  rate       200/s, ETA 55.0 s',
      '',
      'Workers  held  stored   rate',
      'host a      2     100   10/s',
      'host b      2   1,900  190/s',
    ]);
  });

  it('keeps its rows in their places, whoever answers first', () => {
    const late = worker('late', 9, 95_000);
    const workers = [late, ...[...sample.workers].reverse()];
    const { workers: rows } = statusOf('nats://host/pages', { ...sample, workers }, new Pace().add(sample));
    expect(rows.map(({ process }) => process)).toEqual(['host a', 'host b', 'host late']);
  });

  it('fits into a narrow terminal, and cannot steer one', () => {
    const named = { ...status, queue: 'sqlite:\u001b[2J'.padEnd(60, 'x') };
    const lines = statusLines(named, 20, false);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('is the same for programs', () => {
    expect(status).toMatchObject({ succeeded: 975, failed: 25, byKind: { http: 5 }, rate: 200, eta: 55_000 });
    expect(status.workers[1]).toEqual({
      process: 'host b',
      held: 2,
      stored: 1_900,
      since: 90_000,
      rate: 190,
    });
  });
});
