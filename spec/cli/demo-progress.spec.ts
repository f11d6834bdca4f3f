import { stripVTControlCharacters, styleText } from 'node:util';
import { FetchError, type FetchEvent, type FetchResult } from 'sluice';
import { describe, expect, it } from 'vitest';
import { liveLine, plainLine, type View } from '../../lib/cli/demo/progress.js';
import { percentile } from '../../lib/cli/demo/report.js';
import { count, noEvents, type Tally } from '../../lib/cli/demo/tally.js';

const request = { url: 'http://localhost/' };
const error = new FetchError('network', 'GET http://localhost/: reset', { retryable: true });

const start = (index: number, attempt = 1): FetchEvent => ({ type: 'start', index, at: 0, request, attempt });
const wait = (index: number): FetchEvent => ({ type: 'wait', index, at: 0, attempt: 1, until: 9, error });
const settle = (index: number, ok = true): FetchEvent => {
  const settled = { index, request, attempts: 1, waited: 0, duration: 0 };
  const result: FetchResult<unknown> = ok
    ? { ...settled, ok: true, value: null }
    : { ...settled, ok: false, error };
  return { type: 'settle', index, at: 0, result };
};

function after(...events: FetchEvent[]): Tally {
  return events.reduce(count, noEvents);
}

function view(tally: Tally): View {
  return { ...tally, total: 295, elapsed: 2_000 };
}

describe('the tally', () => {
  it('counts an input as in flight from its start to its record', () => {
    expect([...after(start(0), start(1)).inFlight]).toStrictEqual([0, 1]);
    expect(after(start(0), start(1), settle(0))).toMatchObject({
      settled: 1,
      failed: 0,
      inFlight: new Set([1]),
    });
  });

  it('counts a retry as waiting until it starts again', () => {
    const waits = after(start(0), wait(0));
    expect(waits).toMatchObject({ requests: 1, inFlight: new Set(), waiting: new Set([0]) });
    expect(count(waits, start(0, 2))).toMatchObject({
      requests: 2,
      inFlight: new Set([0]),
      waiting: new Set(),
    });
  });

  it('forgets an input that is cancelled while it waits', () => {
    const tally = after(start(0), wait(0), settle(0, false));
    expect(tally).toMatchObject({ settled: 1, failed: 1, inFlight: new Set(), waiting: new Set() });
  });
});

describe('the line of progress', () => {
  const tally = after(start(0), start(1), start(2), wait(1), settle(2, false));

  it('says in a log how the run stands', () => {
    expect(plainLine(view(tally))).toBe('1/295 done,   2 requests/s,  1 in flight,  1 to retry,  1 failed');
  });

  it('is never wider than the terminal, and leaves out what does not fit', () => {
    const paint = (style: Parameters<typeof styleText>[0], text: string): string => styleText(style, text);
    for (let width = 10; width <= 200; width++) {
      const line = stripVTControlCharacters(liveLine(view(tally), width, paint));
      expect(line.length, `${width} columns`).toBeLessThanOrEqual(width);
      expect(line).toContain('  1/295');
    }
    expect(stripVTControlCharacters(liveLine(view(tally), 77, paint))).toContain(' 1 failed');
  });
});

describe('a percentile', () => {
  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect([50, 90, 99, 100].map((share) => percentile(hundred, share))).toStrictEqual([50, 90, 99, 100]);
    expect(percentile([7], 50)).toBe(7);
    expect(percentile([], 50)).toBe(0);
  });
});
