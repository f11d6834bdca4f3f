import { stripVTControlCharacters } from 'node:util';
import { progressText, runStatistics, type RunSnapshot } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import type { FetchResult } from 'sluice';
import { describe, expect, it } from 'vitest';
import { progressLines } from '../../../lib/observe/report/progress-text.js';

const url = 'http://shop.example/';
const results: FetchResult<unknown>[] = [
  ...Array.from({ length: 17 }, (_, index) =>
    success({ ...page(url), encodedBytes: 1_000 }, { index, url, duration: 80 }),
  ),
  failure('dns', { index: 17, url: 'http://typo.invalid/', duration: 1_200 }),
  failure('http', { index: 18, url, duration: 1_200 }),
  failure('dns', { index: 19, url, duration: 1_200 }),
];

/** Twenty inputs have their record after five seconds, three are in flight, two wait. */
function snapshot(): RunSnapshot {
  const statistics = runStatistics();
  const request = { url };
  for (let index = 0; index < 25; index++) statistics.next({ type: 'pull', index, at: 0, request });
  for (let index = 0; index < 23; index++)
    statistics.next({ type: 'start', index, at: 1, request, attempt: 1 });
  for (const result of results) statistics.next({ type: 'settle', index: result.index, at: 4_000, result });
  return statistics.snapshot(5_000);
}

const view = { total: 1_000, width: 100, color: false, showsHosts: true };

describe('progressText', () => {
  it('says in a line how a run stands', () => {
    expect(progressText(snapshot(), { total: 1_000 })).toBe(
      '   20/1,000 done, 4.6/s, 3 in flight, 3 failed (dns 2, http 1), p50 80 ms, p95 1.2 s, 3.4 kB/s, ETA 4 min 5 s',
    );
  });

  it('says what was cut off apart from what failed', () => {
    const statistics = runStatistics();
    const cut = failure('cancelled', { index: 1, url });
    for (const result of [failure('dns', { index: 0, url }), cut])
      statistics.next({ type: 'settle', index: result.index, at: 4_000, result });
    const last = statistics.snapshot(5_000);
    expect(progressText(last)).toContain(', 1 failed (dns 1), 1 cut off, ');
    expect(progressLines(last, view)[1]).toMatch(/ {2}1 failed {2}1 cut off {2}.* {2}dns 1$/);
  });

  it('has a count where nobody knows how many there are', () => {
    expect(progressText(snapshot())).toMatch(/^20 done, .* 3\.4 kB\/s$/);
    expect(progressText(runStatistics().snapshot(0))).toBe('0 done, 0/s, 0 in flight, 0 failed, 0 B/s');
  });

  it('refuses a total that is none', () => {
    expect(() => progressText(snapshot(), { total: 0.5 })).toThrow(
      new TypeError('progressText: expected `total` to be an integer from 0 up, got `0.5` (number)'),
    );
  });
});

describe('the lines on a terminal', () => {
  it('are a bar, what is under way, and the slowest hosts', () => {
    expect(progressLines(snapshot(), view)).toStrictEqual([
      '░'.repeat(40) + '     20/1,000  4.6/s  ETA 4 min 5 s  3.4 kB/s',
      '3 in flight  2 waiting  3 failed  p50 80 ms  p95 1.2 s  dns 2, http 1',
      'slowest hosts, p95:  shop.example 1.2 s  typo.invalid 1.2 s',
    ]);
    expect(progressLines(snapshot(), { ...view, total: 40, showsHosts: false })[0]).toMatch(
      /^█{20}░{20} {2}20\/40/,
    );
    expect(progressLines(snapshot(), { ...view, total: undefined, showsHosts: false })).toHaveLength(2);
    expect(progressLines(snapshot(), { ...view, total: undefined })[0]).toBe('20 done  4.6/s  3.4 kB/s');
  });

  it('are full when there is nothing to do, and never more than full', () => {
    expect(progressLines(snapshot(), { ...view, total: 0 })[0]).toMatch(/^█{40} /);
    expect(progressLines(snapshot(), { ...view, total: 12 })[0]).toMatch(/^█{40} /);
  });

  it.each([true, false])('are never wider than the terminal, coloured: %s', (color) => {
    for (let width = 1; width <= 200; width++) {
      for (const line of progressLines(snapshot(), { ...view, width, color })) {
        expect(stripVTControlCharacters(line).length, `${width} columns`).toBeLessThanOrEqual(width);
      }
    }
    expect(progressLines(snapshot(), { ...view, width: 12, color: false })[0]).toBe('   20/1,000'.trimEnd());
  });

  it('show what is in the name of a host', () => {
    const statistics = runStatistics();
    statistics.next({
      type: 'settle',
      index: 0,
      at: 0,
      result: success(page(url), { url: 'http://ex\u00e4mple/' }),
    });
    expect(progressLines(statistics.snapshot(), view).at(-1)).toContain('xn--exmple-cua');
  });
});
