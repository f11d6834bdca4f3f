import { createHash } from 'node:crypto';
import { htmlReport, type RecordLine } from 'sluice/report';
import { describe, expect, it } from 'vitest';
import type { ReportData } from '../../../lib/observe/report/html/report-data.js';
import { hostileLines } from './hostile-lines.js';
import { madeUpLines } from './made-up-lines.js';

const most = 2_000_000;

function htmlOf(lines: Iterable<RecordLine>): string {
  const report = htmlReport();
  for (const line of lines) report.next(line);
  return report.html();
}

/** What the page is given. */
function dataOf(html: string): ReportData {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  return JSON.parse(json) as ReportData;
}

function* manyLines(count: number): Generator<RecordLine> {
  const some = madeUpLines(1_000, 900);
  for (let index = 0; index < count; index++) {
    const line = some[index % some.length]!;
    yield { ...line, index, pulled: line.pulled! + index * 7 };
  }
}

describe('htmlReport', () => {
  const html = htmlOf(madeUpLines(500));

  it('is below 2 MB for 100,000 records', () => {
    const large = htmlOf(manyLines(100_000));
    expect(Buffer.byteLength(large)).toBeLessThan(most);
    expect(dataOf(large).totals.records).toBe(100_000);
    expect(dataOf(large).waterfall.slowest.length).toBe(100);
  });

  it('is below 2 MB whatever the records say, and says what it left out', () => {
    const lines = Array.from({ length: 800 }, (_, index): RecordLine => {
      const [line] = hostileLines();
      const tries = Array.from({ length: 60 }, (_, at) => ({
        start: at,
        sent: at,
        response: at,
        end: at + 1,
      }));
      const url = `http://${'h'.repeat(300)}${index}.example/${'\u202e<'.repeat(5_000)}`;
      const error = { ...line!.error!, message: '<\u0000'.repeat(9_000), status: 400 + (index % 100) };
      return { ...line!, index, request: { url, method: '<'.repeat(999) }, url, tries, error };
    });
    const large = htmlOf(lines);
    expect(Buffer.byteLength(large)).toBeLessThan(most);
    expect(dataOf(large).samplesLeftOut).toBeGreaterThan(0);
  });

  it('counts what was cut off last, and not among the failures', () => {
    const [line] = madeUpLines(1);
    const error = { kind: 'cancelled', message: 'cut off' } as const;
    const gone = { kind: 'dns', message: 'no address' } as const;
    const ended = [
      { ...line!, ok: false, error },
      { ...line!, ok: false, error },
      { ...line!, ok: false, error: gone },
    ];
    const { outcomes, failures } = dataOf(htmlOf(ended));
    expect(outcomes).toEqual([
      { kind: 'dns', count: 1 },
      { kind: 'cancelled', count: 2 },
    ]);
    expect(failures.cells.map(({ kind, count }) => [kind, count])).toEqual([['dns', 1]]);
    expect(Object.keys(failures.advice)).toEqual(['dns']);
  });

  it('counts what came', () => {
    const lines = madeUpLines(500);
    const { totals, outcomes, latency, series, hosts, failures } = dataOf(html);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    const ok = lines.filter((line) => line.ok).length;
    expect(totals).toMatchObject({ records: 500, ok, attempts: sum(lines.map(({ attempts }) => attempts)) });
    expect(sum(outcomes.map(({ count }) => count))).toBe(500);
    expect(outcomes[0]).toEqual({ kind: 'ok', count: ok });
    expect(sum(latency.bars.map((bar) => bar.ok + bar.failed))).toBe(latency.count);
    expect(sum(series!.ok)).toBe(ok);
    expect(sum(series!.failed)).toBe(500 - ok);
    expect(sum(failures.cells.map(({ count }) => count))).toBe(500 - ok);
    expect(sum(hosts.rows.map(({ records }) => records)) + (hosts.others?.records ?? 0)).toBe(500);
    const spent = sum(lines.flatMap(({ tries }) => tries!.map(({ start, end }) => end - start)));
    expect(sum(series!.inFlight) * series!.width).toBeCloseTo(spent, -2);
  });

  it('has the slowest, the first that failed and the first records', () => {
    const lines = madeUpLines(500);
    const { waterfall, samples } = dataOf(html);
    const indexes = (places: readonly number[]): number[] => places.map((at) => samples[at]!.index);
    const slowest = lines.toSorted((a, b) => b.settled! - a.settled!).slice(0, 100);
    expect(indexes(waterfall.slowest).length).toBe(100);
    expect(samples[waterfall.slowest[0]!]!.settled).toBe(slowest[0]!.settled);
    expect(samples[waterfall.slowest[99]!]!.settled).toBe(slowest[99]!.settled);
    expect(indexes(waterfall.first)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    const failed = lines.filter(({ ok }) => !ok).slice(0, 100);
    expect(indexes(waterfall.failed)).toEqual(failed.map(({ index }) => index));
  });

  it('has the sample of every kind of failure, and what to do about it', () => {
    const { failures } = dataOf(html);
    for (const kind of new Set(failures.cells.map((cell) => cell.kind))) {
      expect(failures.cells.some((cell) => cell.kind === kind && cell.samples.length > 0)).toBe(true);
      expect(failures.advice[kind]).toMatch(/\w/);
    }
  });

  it('calls options in its advice as it is told to', () => {
    const report = htmlReport({ nameOf: (name) => `<${name}>` });
    for (const line of madeUpLines(500)) report.next(line);
    expect(dataOf(report.html()).failures.advice.http).toContain('`<error.page>`');
  });

  it('keeps neither bodies nor contexts nor credentials', () => {
    const secret = 'hunter2';
    const lines = madeUpLines(300).map((line) => ({
      ...line,
      request: { url: `http://user:${secret}@host.example/`, context: secret },
      body: secret,
      url: `http://user:${secret}@host.example/landed`,
    }));
    expect(htmlOf(lines)).not.toContain(secret);
  });

  it('has a policy that allows its own script and style, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
    const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    const script = /<script>(.*?)<\/script>/s.exec(html)![1]!;
    const style = /<style>(.*?)<\/style>/s.exec(html)![1]!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src '${hash(script)}'`,
      `style-src '${hash(style)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(script).toContain('The MIT License');
    expect(script).toContain('Leon Sorokin');
  });

  it('lets nothing of the records end the element that it is in', () => {
    const hostile = htmlOf(hostileLines());
    expect(hostile.match(/<\/?script/g)).toHaveLength(4);
    expect(hostile).not.toContain('\u0000');
  });

  it('takes records of an hour as of a second, in any order', () => {
    const begin = 1_700_000_000_000;
    const lines = [3_600_000, 0, 1_800_000].map((at, index): RecordLine => {
      const tries = [{ start: 0, end: 1_000 }];
      const request = { url: 'http://host.example/' };
      return {
        v: 1,
        index,
        ok: true,
        request,
        attempts: 1,
        waited: 0,
        duration: 1_000,
        pulled: begin + at,
        settled: 1_000,
        tries,
      };
    });
    const { series, totals } = dataOf(htmlOf(lines));
    expect(totals).toMatchObject({ begin, duration: 3_601_000 });
    expect(series!.ok.length).toBeLessThanOrEqual(160);
    expect(series!.ok.filter((count) => count > 0)).toEqual([1, 1, 1]);
    expect(series!.begin).toBeLessThanOrEqual(0);
    expect(series!.begin + series!.width * series!.ok.length).toBeGreaterThanOrEqual(3_601_000);
  });

  it('refuses options that there are not', () => {
    expect(() => htmlReport({ titel: 'A' } as object)).toThrow(
      'htmlReport: there is no option `titel`; did you mean `title`?',
    );
    expect(() => htmlReport({ title: 7 as never })).toThrow(
      'htmlReport: expected `title` to be a string, got `7` (number)',
    );
  });
});
