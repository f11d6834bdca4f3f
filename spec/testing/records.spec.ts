import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { isFetchError, type FailureKind, type Phase } from '../../lib/model/fetch-error.js';
import { toBatch } from '../../lib/operators/to-batch.js';
import { failure, seeded, success } from '../../lib/testing/index.js';

describe('success and failure', () => {
  it('make records of which nothing need be said', () => {
    const usual = { index: 0, request: { url: 'http://localhost/' }, attempts: 1, waited: 0, duration: 0 };
    expect(success('body')).toEqual({ ok: true, ...usual, value: 'body' });
    expect(failure('dns')).toMatchObject({ ok: false, ...usual, error: { kind: 'dns' } });
  });

  it('say what they are told', () => {
    const said = { index: 7, attempts: 3, waited: 20, duration: 90 };
    const record = success(1, { ...said, url: 'http://a/', context: 'mine' });
    expect(record).toEqual({ ok: true, ...said, request: { url: 'http://a/', context: 'mine' }, value: 1 });
  });

  it('go through operators as real ones do', () => {
    const [a, B] = [success('a', { index: 0 }), failure('network', { index: 1 })];
    let batch: unknown;
    of(B, a)
      .pipe(toBatch())
      .subscribe((records) => {
        batch = records;
      });
    expect(batch).toEqual([a, B]);
  });

  it('has an error with all that may be said of one', () => {
    const cause = new Error('why');
    const { error } = failure('connect', {
      url: 'http://b/',
      message: 'refused',
      code: 'ECONNREFUSED',
      phase: 'connect',
      retryAfter: 3,
      cause,
    });
    expect(isFetchError(error)).toBe(true);
    expect(error).toMatchObject({
      message: 'refused',
      code: 'ECONNREFUSED',
      phase: 'connect',
      retryAfter: 3,
    });
    expect(error.cause).toBe(cause);
    expect(failure('connect', { url: 'http://b/' }).error.message).toContain('http://b/');
  });

  it.each<[FailureKind, { status?: number; phase?: Phase }, boolean]>([
    ['connect', {}, true],
    ['network', {}, true],
    ['resource', {}, true],
    ['timeout', { phase: 'attempt' }, true],
    ['timeout', { phase: 'total' }, false],
    ['timeout', { phase: 'queue' }, false],
    ['http', { status: 503 }, true],
    ['http', { status: 404 }, false],
    ['http', {}, true],
    ['dns', {}, false],
    ['invalid', {}, false],
    ['project', {}, false],
  ])('knows whether to try again after %s %j: %s', (kind, details, retryable) => {
    expect(failure(kind, details).error.retryable).toBe(retryable);
    expect(failure(kind, { ...details, retryable: !retryable }).error.retryable).toBe(!retryable);
  });

  it('has an empty page where a status was not accepted', () => {
    const { error } = failure('http', { url: 'http://a/', status: 404 });
    expect(error).toMatchObject({ status: 404, page: { status: 404, url: 'http://a/' } });
    expect(failure('http').error.status).toBe(500);
    expect(failure('network').error.page).toBeUndefined();
  });
});

describe('seeded', () => {
  it('says the same numbers for the same seed, others for another', () => {
    const numbers = (seed: number): number[] => Array.from({ length: 5 }, seeded(seed));
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
  });

  it('says numbers from 0 to below 1, as many in each tenth', () => {
    const random = seeded(42);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) {
      const number = random();
      expect(number).toBeLessThan(1);
      const tenth = Math.floor(number * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
