import { of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchFrom } from '../../lib/creators/fetch-from.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchResult } from '../../lib/model/result.js';
import type { FetchOptions } from '../../lib/pipeline/options.js';
import { page, type PageInit } from '../../lib/testing/index.js';
import { messageOf } from '../support/records.js';

const a = 'http://a/';

/** The one record of a page that says so of itself. */
function recordOf(init: PageInit, options: FetchOptions = {}): FetchResult {
  const records: FetchResult[] = [];
  const transport = (): Observable<Page> => of(page(a, init));
  fetchFrom([a], { transport, retry: false, ...options }).subscribe((record) => records.push(record));
  if (!records[0]) throw new Error('expected a record in this very turn');
  return records[0];
}

describe('acceptStatus', () => {
  it('takes 200 to 299 for a success by default', () => {
    const accepted = [100, 199, 200, 204, 299, 300, 304, 404, 500, 999].filter(
      (status) => recordOf({ status }).ok,
    );
    expect(accepted).toEqual([200, 204, 299]);
  });

  it('is asked with the status, and decides', () => {
    const acceptStatus = (status: number): boolean => status === 404;
    expect(recordOf({ status: 404 }, { acceptStatus })).toMatchObject({ ok: true, value: { status: 404 } });
    expect(recordOf({ status: 200 }, { acceptStatus })).toMatchObject({
      ok: false,
      error: { kind: 'http', status: 200 },
    });
  });

  it('makes a failure of what it does not accept, with the status, the page and its body at hand', () => {
    const result = recordOf({ status: 410, body: 'gone for good' });
    if (result.ok) throw new Error('expected a failure');
    expect(result.error).toMatchObject({ kind: 'http', status: 410, retryable: false, phase: 'body' });
    expect(result.error.message).toBe('GET http://a/: the server answered with status 410');
    expect(result.error.page?.text()).toBe('gone for good');
    expect(Object.keys(result.error)).not.toContain('page');
    expect(JSON.stringify(result.error)).not.toContain('gone for good');
  });

  it('says of a failure whether another attempt may help', () => {
    const retryable = [400, 404, 408, 429, 500, 501, 503].filter((status) => {
      const result = recordOf({ status });
      return !result.ok && result.error.retryable;
    });
    expect(retryable).toEqual([408, 429, 500, 503]);
  });

  it('makes a failure of kind `project` when it throws', () => {
    const thrown = new Error('undecided');
    const acceptStatus = (): never => {
      throw thrown;
    };
    const result = recordOf({}, { acceptStatus });
    expect(result).toMatchObject({ ok: false, error: { kind: 'project', cause: thrown } });
    expect(messageOf(result)).toBe('GET http://a/: `acceptStatus` threw Error: undecided');
  });
});

describe('maxBodyBytes', () => {
  it('is kept of transports that do not know of it', () => {
    const body = new Uint8Array(11);
    expect(recordOf({ body }, { maxBodyBytes: 11 }).ok).toBe(true);
    const result = recordOf({ body }, { maxBodyBytes: 10 });
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'too-large', phase: 'body', retryable: false },
    });
    expect(messageOf(result)).toBe('GET http://a/: the body is larger than maxBodyBytes (10): 11 bytes');
  });

  it('is 10 MiB by default, and may be Infinity', () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1);
    expect(recordOf({ body })).toMatchObject({ ok: false, error: { kind: 'too-large' } });
    expect(recordOf({ body: body.subarray(1) }).ok).toBe(true);
    expect(recordOf({ body }, { maxBodyBytes: Infinity }).ok).toBe(true);
  });
});
