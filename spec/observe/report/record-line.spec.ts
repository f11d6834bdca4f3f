import { recordLine, runStatistics, timings } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { fetchFrom } from 'sluice';
import { robots } from 'sluice/robots';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../support/marbles.js';

const a = 'http://a/';
const b = 'http://b/';
const init = { index: 4, url: a, attempts: 2, waited: 3, duration: 7 };
const settled = { v: 1, index: 4, request: { url: a }, attempts: 2, waited: 3, duration: 7 };

describe('recordLine', () => {
  it('says what was asked for and what came', () => {
    const value = page('http://a/end', { status: 201, body: 'naïve', redirects: [a] });
    expect(recordLine(success(value, init))).toEqual({
      ...settled,
      ok: true,
      url: 'http://a/end',
      redirects: [a],
      status: 201,
      bytes: 6,
      wireBytes: 6,
    });
  });

  it('says why there is no page, and what the error page was', () => {
    const { error } = failure('http', { status: 503, retryAfter: 2_000, message: 'busy' });
    expect(recordLine({ ...failure('http', init), error })).toEqual({
      ...settled,
      ok: false,
      url: 'http://localhost/',
      status: 503,
      bytes: 0,
      wireBytes: 0,
      error: { kind: 'http', message: 'busy', status: 503, retryAfter: 2_000 },
    });
  });

  it('says code and phase of a failure without a page', () => {
    const line = recordLine(failure('connect', { code: 'ECONNREFUSED', phase: 'connect', message: 'no' }));
    expect(line).not.toHaveProperty('status');
    expect(line.error).toEqual({ kind: 'connect', message: 'no', code: 'ECONNREFUSED', phase: 'connect' });
  });

  it('keeps method, context and line, and is plain JSON', () => {
    const record = success(page(a), init);
    const request = { url: new URL(a), method: 'PUT', context: { id: 7 }, body: 'secret' };
    const line = recordLine({ ...record, request }, { input: 'a.txt', line: 12 });
    expect(line).toMatchObject({
      input: 'a.txt',
      line: 12,
      request: { url: a, method: 'PUT', context: { id: 7 } },
    });
    expect(line.request).not.toHaveProperty('body');
    expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });

  it.each([
    ['text', 'naïve'],
    ['base64', 'bmHDr3Zl'],
  ] as const)('writes the body as %s', (body, written) => {
    expect(recordLine(success(page(a, { body: 'naïve' })), { body })).toMatchObject({
      body: written,
      bodyEncoding: body,
    });
  });

  it('names the file that a sink has written, and its length', () => {
    const value = { ...page(a), sunk: { path: '/pages/a', bytes: 70 } };
    expect(recordLine(success(value))).toMatchObject({ file: '/pages/a', bytes: 70 });
  });

  it.each([[undefined], [null], ['text'], [{ status: 'fine' }]])(
    'adds nothing of a value that is no page: %j',
    (value) => {
      expect(recordLine(success(value, init))).toEqual({ ...settled, ok: true });
    },
  );
});

describe('timings', () => {
  it(
    'know of each record when its attempts began, were sent, were answered and ended',
    marbles(({ flush, transport }) => {
      const net = transport({ [a]: ['-----#', 'c-h-b-(p|)'], [b]: '--(p|)' });
      const events = timings();
      const seen: unknown[] = [];
      fetchFrom([a, b], { transport: net, concurrency: 1, retry: { backoff: () => 3 }, events }).subscribe(
        (result) => seen.push([result.index, events.of(result)]),
      );
      flush();
      expect(seen).toEqual([
        [1, { pulled: 5, settled: 2, tries: [{ start: 0, response: 2, end: 2 }] }],
        [
          0,
          {
            pulled: 0,
            settled: 14,
            tries: [
              { start: 0, end: 5 },
              { start: 8, sent: 10, response: 12, end: 14 },
            ],
          },
        ],
      ]);
    }),
  );

  it(
    'know of what settled while it waited that its last attempt had ended before',
    marbles(({ abortSignal, flush, transport }) => {
      const net = transport({ [a]: '--#' });
      const events = timings();
      const seen: unknown[] = [];
      fetchFrom([a], {
        transport: net,
        retry: { backoff: () => 30 },
        events,
        signal: abortSignal('------!'),
      }).subscribe((result) => seen.push(events.of(result)));
      flush();
      expect(seen).toEqual([{ pulled: 0, settled: 6, tries: [{ start: 0, end: 2 }] }]);
    }),
  );

  it(
    'know of as many attempts as the record, where robots.txt was read on the way',
    marbles(({ flush, transport, scheduler }) => {
      const robotsTxt = 'http://a/robots.txt';
      const net = transport(
        { [robotsTxt]: '---(r|)', [a]: '--(p|)', [`${a}2`]: '--(p|)' },
        { r: page(robotsTxt, { body: 'User-agent: *\nCrawl-delay: 1' }) },
      );
      const events = timings();
      const statistics = runStatistics();
      const seen: unknown[] = [];
      const polite = robots({ userAgent: 'Bot' });
      fetchFrom([a, `${a}2`], {
        transport: net,
        interceptors: [polite],
        scheduler,
        events: {
          next(event) {
            events.next(event);
            statistics.next(event);
          },
        },
      }).subscribe((result) => seen.push([result.attempts, events.of(result)?.tries.length]));
      flush();
      expect(seen).toEqual([
        [1, 1],
        [1, 1],
      ]);
      expect(statistics.snapshot().requests).toBe(2);
    }),
  );

  it('leave out an attempt that went back and was cut off before another came', () => {
    const events = timings();
    const result = failure('cancelled', { index: 0, attempts: 1 });
    const { request } = result;
    const { error } = failure('network');
    events.next({ type: 'pull', index: 0, at: 0, request });
    events.next({ type: 'start', index: 0, at: 0, request, attempt: 1 });
    events.next({ type: 'wait', index: 0, at: 4, attempt: 1, until: 5, error });
    events.next({ type: 'start', index: 0, at: 5, request, attempt: 2 });
    events.next({ type: 'settle', index: 0, at: 9, result });
    expect(events.of(result)).toEqual({ pulled: 0, settled: 9, tries: [{ start: 0, end: 4 }] });
  });

  it('are in whole ms, as the times of the line are', () => {
    const events = timings();
    const result = success(page(a), { index: 0, waited: 1188.147216796875, duration: 2.5 });
    const { request } = result;
    events.next({ type: 'pull', index: 0, at: 100.25, request });
    events.next({ type: 'start', index: 0, at: 1288.397216796875, request, attempt: 1 });
    events.next({ type: 'response', index: 0, at: 1290.3, attempt: 1, status: 200, sent: 1289.9 });
    events.next({ type: 'settle', index: 0, at: 1290.9, result });
    expect(recordLine(result, { timing: events.of(result) })).toMatchObject({
      waited: 1188,
      duration: 3,
      pulled: 100,
      settled: 1191,
      tries: [{ start: 1188, sent: 1190, response: 1190, end: 1191 }],
    });
  });

  it('know nothing of a record that they have not seen', () => {
    expect(timings().of(success(page(a)))).toBeUndefined();
  });
});
