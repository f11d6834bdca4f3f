import { describe, expect, it } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import {
  exponentialBackoff,
  isRetryableStatus,
  parseRetryAfter,
  retryDelay,
  retryPolicy,
} from '../../lib/pipeline/retry.js';

const get = { url: 'http://a/' };
const broken = new FetchError('network', 'reset', { retryable: true });
const never = (): never => expect.unreachable('nobody asked for chance');

describe('isRetryableStatus', () => {
  it('holds for the statuses that say: not now', () => {
    const retryable = Array.from({ length: 600 }, (_, status) => status).filter(isRetryableStatus);
    expect(retryable).toEqual([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
  });
});

describe('exponentialBackoff', () => {
  it('doubles from 500 ms to at most 30 s', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 100, 2_000].map((retry) => exponentialBackoff(retry, () => 1));
    expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('is any part of that: full jitter', () => {
    expect([0, 0.25, 0.5].map((chance) => exponentialBackoff(3, () => chance))).toEqual([0, 500, 1_000]);
  });
});

describe('retryPolicy', () => {
  const defaults = { limit: 2, backoff: exponentialBackoff, maxRetryAfter: 60_000, budget: 0.2 };

  it.each([
    [undefined, defaults],
    [{}, defaults],
    [5, { ...defaults, limit: 5 }],
    [0, { ...defaults, limit: 0 }],
    [false as const, { ...defaults, limit: 0 }],
    [
      { limit: 7, maxRetryAfter: 0 },
      { ...defaults, limit: 7, maxRetryAfter: 0 },
    ],
  ])('fills in what %j leaves out', (given, policy) => {
    expect(retryPolicy(given)).toEqual({ ...policy, on: expect.any(Function) as unknown });
  });
});

describe('retryDelay', () => {
  const policy = retryPolicy({ limit: 2, backoff: (retry: number) => retry * 10, maxRetryAfter: 1_000 });

  it('is the back-off while attempts are left, and the error after that', () => {
    const delays = [1, 2, 3, 4].map((attempts) => retryDelay(policy, get, broken, attempts, never));
    expect(delays).toEqual([10, 20, broken, broken]);
  });

  it('is the error where another attempt does not help', () => {
    const final = new FetchError('dns', 'no such host');
    expect(retryDelay(policy, get, final, 1, never)).toBe(final);
  });

  it('is the error for methods that are not idempotent', () => {
    expect(retryDelay(policy, { ...get, method: 'POST' }, broken, 1, never)).toBe(broken);
    expect(retryDelay(policy, { ...get, method: 'put' }, broken, 1, never)).toBe(10);
  });

  it('is never less than Retry-After asks for, and may be more', () => {
    const asks = (retryAfter: number): FetchError =>
      new FetchError('http', 'busy', { retryable: true, retryAfter });
    const delays = [0, 9, 10, 11, 1_000].map((ms) => retryDelay(policy, get, asks(ms), 1, never));
    expect(delays).toEqual([10, 10, 10, 11, 1_000]);
  });

  it('is an error that says the number when Retry-After asks for more than maxRetryAfter', () => {
    const cause = new Error('inner');
    const details = {
      retryable: true,
      retryAfter: 1_001,
      status: 503,
      code: 'BUSY',
      phase: 'body',
      cause,
    } as const;
    const error = retryDelay(policy, get, new FetchError('http', 'status 503', details), 1, never);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({
      ...{ kind: 'http', status: 503, code: 'BUSY', phase: 'body', retryAfter: 1_001, retryable: true },
      message: 'status 503; it asks to come back in 1001 ms, more than retry.maxRetryAfter (1000 ms)',
      cause,
    });
  });

  it('asks `backoff` with the number of the retry, the source of chance and the error', () => {
    const given: unknown[] = [];
    const asking = { ...policy, backoff: (...args: unknown[]) => given.push(args) };
    retryDelay(asking, get, broken, 2, never);
    expect(given).toEqual([[2, never, broken]]);
  });

  it.each([NaN, -1, Infinity, '10', null])('throws when `backoff` returns %j', (delay) => {
    const wrong = { ...policy, backoff: () => delay as number };
    expect(() => retryDelay(wrong, get, broken, 1, never)).toThrow(
      `Expected \`retry.backoff\` to return a number of ms from 0 up, got \`${String(delay)}\``,
    );
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 0, 31, 12, 0, 0);

  it.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['007', 7_000],
    ['999999999999', 999_999_999_999_000],
  ])('takes %j for seconds', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  it.each([
    ['in the form of RFC 1123', 'Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
    ['in the form of RFC 850', 'Saturday, 31-Jan-26 12:00:30 GMT', 30_000],
    ['in the form of asctime, which means GMT', 'Sat Jan 31 12:00:30 2026', 30_000],
    ['with an offset', 'Sat, 31 Jan 2026 13:00:30 +0100', 30_000],
    ['of now', 'Sat, 31 Jan 2026 12:00:00 GMT', 0],
    ['that has passed', 'Fri, 30 Jan 2026 12:00:00 GMT', 0],
    ['of long ago', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('takes a date %s', (_, header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  it('takes the first of several', () => {
    expect(parseRetryAfter(['3', '5'], now)).toBe(3_000);
  });

  it.each([undefined, '', ' ', '-1', '1.5', '2s', '0x10', '1e3', 'soon', 'Sat, no date', 'NaN', '5, 6', '٣'])(
    'knows nothing of %j',
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );

  it('knows nothing of an empty list', () => {
    expect(parseRetryAfter([], now)).toBeUndefined();
  });
});
