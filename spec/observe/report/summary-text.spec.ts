import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import type { FetchResult } from 'sluice';
import { failureAdvice, recordLine, runStatistics, summaryText, type RunSnapshot } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { bytesText, durationText, grouped, rateText } from '../../../lib/observe/report/figures.js';
import { failureKinds } from '../../../lib/model/fetch-error.js';

/** A run whose records come one a second. */
function snapshotOf(results: readonly FetchResult<unknown>[]): RunSnapshot {
  const statistics = runStatistics({ slowest: 3 });
  results.forEach((result, n) =>
    statistics.record({ ...recordLine(result), pulled: 1_000_000, settled: n * 1_000 }),
  );
  return statistics.snapshot();
}

const url = 'http://shop.example/';
const run = [
  ...Array.from({ length: 6 }, (_, n) =>
    success(
      { ...page(`${url}${n}`, { body: 'x'.repeat(2_500) }), encodedBytes: 500 },
      {
        url: `${url}${n}`,
        duration: 40,
      },
    ),
  ),
  failure('http', {
    url: `${url}gone`,
    status: 404,
    duration: 1_234,
    message: `GET ${url}gone answered 404`,
  }),
  failure('dns', {
    url: 'http://typo.invalid/',
    attempts: 3,
    duration: 80,
    message: 'GET http://typo.invalid/ has no address',
  }),
  failure('http', { url: `${url}busy`, status: 503, attempts: 2, duration: 63_000 }),
];

describe('summaryText', () => {
  it('says what became of a run and what to do about it', () => {
    expect(summaryText(snapshotOf(run))).toBe(`9 URLs in 8.0 s: 6 succeeded, 3 failed
  Requests    12, 1.5/s, 3 retries, 0 URLs mended
  Times       p50 40 ms, p90 1 min 3 s, p95 1 min 3 s, p99 1 min 3 s,
              max 1 min 3 s
  Bytes       15 kB decoded, 3.0 kB on the wire, 375 B/s
  Statuses    200: 6, 404: 1, 503: 1
  Throughput  █   █   █   █   █   █   █   █   █
              at most 4.0 URLs/s, a column is 250 ms

Failed
  1  http 404  answered 404
               http://shop.example/gone
               → the status says why, and error.page holds the body;
                 acceptStatus takes it for a success
  1  dns       has no address
               http://typo.invalid/
               → check the name; a failing name server is retried
  1  http 503  made up: http at http://shop.example/busy
               http://shop.example/busy
               → the status says why, and error.page holds the body;
                 acceptStatus takes it for a success

Slowest
   1 min 3 s  http://shop.example/busy  failed  2 attempts
       1.2 s  http://shop.example/gone  failed
       80 ms  http://typo.invalid/  failed  3 attempts

Hosts           requests  failed    p50        p95  bytes
  shop.example         9       2  40 ms  1 min 3 s  15 kB
  typo.invalid         3       1  80 ms      80 ms    0 B`);
  });

  it('is short where there is little to say', () => {
    expect(summaryText(snapshotOf([]))).toBe('0 URLs: 0 succeeded, 0 failed');
    expect(summaryText(snapshotOf(run.slice(0, 1))).split('\n')[0]).toBe('1 URL: 1 succeeded, 0 failed');
    expect(summaryText(snapshotOf(run.slice(0, 1)))).not.toMatch(/Failed|Slowest|Hosts|Throughput|retr/);
  });

  it('says what was pulled and has no record', () => {
    const statistics = runStatistics();
    [0, 1, 2].forEach((index) => statistics.next({ type: 'pull', index, at: 0, request: { url } }));
    expect(summaryText(statistics.snapshot())).toBe('0 URLs: 0 succeeded, 0 failed, 3 not finished');
  });

  it('says apart from the failures what was cut off, and what was not even taken', () => {
    const cut = Array.from({ length: 4 }, () => failure('cancelled', { url: `${url}late` }));
    const text = summaryText(snapshotOf([...cut, ...run]), { total: 60 });
    expect(text).toMatch(
      /^13 URLs in 12\.0 s: 6 succeeded, 3 failed, 4 cut off\nStopped: 47 of 60 URLs were not taken\n/,
    );
    const failedIn = (all: string): string | undefined => /\nFailed\n[^]*?\n\n/.exec(all)?.[0];
    expect(failedIn(text)).toBe(failedIn(summaryText(snapshotOf(run))));
    expect(summaryText(snapshotOf(cut))).not.toContain('Failed');
    expect(summaryText(snapshotOf(run), { total: 9 })).toBe(summaryText(snapshotOf(run)));
  });

  it('calls what was cut off so among the slowest and the hosts, too', () => {
    const cut = failure('cancelled', { url: `${url}late`, duration: 90_000 });
    const [, slowest, hosts] =
      /\nSlowest\n([^]*)\n\n(Hosts [^]*)$/.exec(summaryText(snapshotOf([cut, ...run]))) ?? [];
    expect(slowest?.split('\n')).toStrictEqual([
      '  1 min 30 s  http://shop.example/late  cut off',
      '   1 min 3 s  http://shop.example/busy  failed  2 attempts',
      '       1.2 s  http://shop.example/gone  failed',
    ]);
    expect(hosts).toBe(`Hosts           requests  failed  cut off    p50         p95  bytes
  shop.example        10       2        1  40 ms  1 min 30 s  15 kB
  typo.invalid         3       1        0  80 ms       80 ms    0 B`);
  });

  it('has one row for the failures beyond twelve groups', () => {
    const many = Array.from({ length: 15 }, (_, n) => failure('http', { url, status: 400 + n }));
    const text = summaryText(snapshotOf([...many, ...many.slice(0, 12)]));
    expect(text.match(/^ +2 {2}http 4/gm)).toHaveLength(12);
    expect(text).toContain('\n  3  others    of further statuses and codes\n');
  });

  it('advises what it is told to, and what it knows where it is told nothing', () => {
    const text = summaryText(snapshotOf(run), {
      nameOf: (name) => `<${name}>`,
      adviceOf: ({ status }) => (status === 404 ? 'look for its `url`' : undefined),
    });
    expect(text).toMatch(/→ look for its <url>\n[^]*→ check the name;[^]*→ the status says why/);
  });

  it('advises nothing where it is told so', () => {
    const text = summaryText(snapshotOf(run), { adviceOf: ({ kind }) => (kind === 'http' ? '' : undefined) });
    const [, failed = ''] = text.split('\nFailed\n');
    expect(failed.match(/→ .*/g)).toStrictEqual(['→ check the name; a failing name server is retried']);
  });

  it('calls options as it is told to', () => {
    const text = summaryText(snapshotOf(run), { nameOf: (name) => `<${name}>` });
    expect(text).toContain('and <error.page> holds the body;');
  });

  it('colours nothing but what it says without colours', () => {
    const coloured = summaryText(snapshotOf(run), { color: true });
    expect(coloured).toContain('\u001b[31m3 failed\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(summaryText(snapshotOf(run)));
  });

  const hostile = fc.string({
    unit: fc.constantFrom('a', '/', ' ', '\u001b[2J', '\u202e', '\u0007', '\n', '漢', '\ud800', '\u009b'),
  });

  it('is printable and no wider than asked, whatever servers and URLs say', () => {
    const records = fc.array(
      fc.record({
        kind: fc.constantFrom(...failureKinds),
        path: hostile,
        message: hostile,
        duration: fc.nat(),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(records, fc.integer({ min: 40, max: 200 }), (all, width) => {
        const results = all.map(({ kind, path, message, duration }, index) =>
          failure(kind, { index, url: `http://host-of-a-long-name.example:8080/${path}`, message, duration }),
        );
        const lines = summaryText(snapshotOf([...results, ...run]), { width }).split('\n');
        for (const line of lines) {
          expect(line).toMatch(/^[\x20-\x7e…→▁▂▃▄▅▆▇█]*$/);
          expect(line.length, line).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('shows an escape instead of sending it', () => {
    const result = failure('protocol', {
      url: 'http://a\u202e/\u001b]0;owned\u0007',
      message: 'said \u001b[31mred',
    });
    const text = summaryText(snapshotOf([result]));
    expect(text).toContain('said \\u{1b}[31mred');
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/); // eslint-disable-line no-control-regex -- what must not be there
  });

  it.each([
    [{ width: 39 }, 'summaryText: expected `width` to be an integer from 40 up, got `39` (number)'],
    [{ with: 80 }, 'summaryText: there is no option `with`; did you mean `width`?'],
  ])('refuses %j', (options, message) => {
    expect(() => summaryText(snapshotOf(run), options as object)).toThrow(new TypeError(message));
  });
});

describe('the advice', () => {
  it('is there for every kind of failure', () => {
    expect(Object.keys(failureAdvice)).toStrictEqual([...failureKinds]);
  });
});

describe('a figure', () => {
  it.each([
    [
      durationText,
      [0.4, 999, 999.6, 59_940, 59_960, 125_000, 3_599_700, 12_000_000],
      ['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '2 min 5 s', '1 h 0 min', '3 h 20 min'],
    ],
    [
      bytesText,
      [0, 999, 1_000, 9_960, 999_600, 34_000_000, 5e15],
      ['0 B', '999 B', '1.0 kB', '10 kB', '1.0 MB', '34 MB', '5.0 PB'],
    ],
    [rateText, [0, 0.04, 9.94, 9.96, 1_234.5], ['0', '0.0', '9.9', '10', '1,235']],
    [grouped, [0, 999, 1_000, 1_234_567], ['0', '999', '1,000', '1,234,567']],
  ] as const)('of %o reads well', (text, numbers, texts) => {
    expect(numbers.map(text)).toStrictEqual(texts);
  });
});
