import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NEVER, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FetchError } from '../../lib/model/fetch-error.js';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runOf, type RunOf } from './run-of.js';

const answered = ({ url }: FetchRequest): Observable<Page> =>
  of(page(String(url), { status: Number(/\d{3}$/.exec(String(url))?.[0] ?? 200), body: 'x'.repeat(20) }));

/** The summary on one line, as far as it tells of failures. */
function failedOf(run: RunOf): string {
  const [, failed = ''] = run.printed.join('').split('\nFailed\n');
  return (failed.split('\n\n')[0] ?? '').replace(/\s+/g, ' ').trim();
}

describe('the summary of a run', () => {
  it('tells the failures of a kind apart by their status', async () => {
    const run = runOf(
      { fetch: { transport: answered, retry: false } },
      { stdin: 'http://a/404\nhttp://a/503\nhttp://b/404\n' },
    );
    expect(await run.code).toBe(1);
    expect(failedOf(run)).toMatch(/^2 http 404 .* http:\/\/a\/404 .* 1 http 503 .* http:\/\/a\/503 /);
  });

  it('says where a line is that is wrong', async () => {
    const run = runOf({ fetch: { transport: answered } }, { stdin: 'http://a/\n\nnowhere\n' });
    expect(await run.code).toBe(1);
    expect(failedOf(run)).toMatch(/^1 invalid stdin, line 3: "nowhere" is not an absolute URL/);
  });

  it('says how many URLs a run that stopped has not taken, and how many were cut off', async () => {
    const { path } = await temporaryFolder();
    const file = join(path, 'urls.txt');
    const late = Array.from({ length: 57 }, (_, n) => `http://a/late/${n}`);
    await writeFile(file, ['# some', 'http://a/', 'http://a/late', 'http://a/404', ...late, ''].join('\n'));
    const transport = (request: FetchRequest): Observable<Page> =>
      String(request.url).includes('late') ? NEVER : answered(request);
    const run = runOf({
      inputs: { urls: [], files: [file] },
      failOver: 0,
      fetch: { transport, concurrency: 2 },
    });
    expect(await run.code).toBe(1);
    const records = run.records();
    const summary = run.printed.join('');
    const cut = records.length - 2;
    expect(cut).toBeGreaterThan(0);
    expect(summary).toContain(
      `: 1 succeeded, 1 failed, ${cut} cut off\nStopped: ${60 - records.length} of 60 URLs`,
    );
    expect(failedOf(run)).toMatch(/^1 http 404 /);
    expect(failedOf(run)).not.toContain('cut off');
    const told = records.find(({ request }) => request.url === 'http://a/late')?.error;
    expect(told?.message).toBe('GET http://a/late: cut off when the run stopped, while under way');
  });
});

describe('a failure that an option is the cure of', () => {
  const slow = (): Observable<Page> => NEVER;
  const error = (request: FetchRequest, kind: 'blocked' | 'http', message: string): Observable<never> =>
    throwError(() => new FetchError(kind, `GET ${String(request.url)}: ${message}`));

  it.each([
    [
      '--timeout',
      { fetch: { transport: slow, timeout: 5 } },
      '--timeout (5 ms) was over',
      'raise that limit of --timeout',
    ],
    [
      '--deadline',
      { fetch: { transport: slow, timeout: { total: 5 } } },
      '--deadline (5 ms)',
      'raise --deadline, or ask for less at once',
    ],
    [
      '--max-body',
      { fetch: { transport: answered, maxBodyBytes: 10 } },
      'the body is larger than --max-body (10): 20 bytes',
      'raise --max-body if you want the page',
    ],
    [
      '--max-retry-after',
      {
        fetch: {
          transport: ({ url }: FetchRequest): Observable<Page> =>
            of(page(String(url), { status: 503, headers: { 'retry-after': '90' } })),
        },
      },
      'it asks to come back in 90000 ms, more than --max-retry-after (60000 ms)',
      'raise --max-retry-after to wait as long as the server asks, or fetch it again later',
    ],
    [
      '--robots',
      {
        fetch: {
          transport: (request: FetchRequest): Observable<Page> =>
            error(request, 'blocked', 'http://a/robots.txt lets ExampleBot fetch nothing'),
        },
      },
      '/robots.txt lets',
      '--robots keeps to what robots.txt says; leave it out if you may fetch the page all the same',
    ],
    [
      '--private-addresses',
      {
        fetch: {
          transport: (request: FetchRequest): Observable<Page> =>
            error(request, 'blocked', "it is at 10.0.0.1: privateAddresses: 'block' refuses all of those"),
        },
      },
      '--private-addresses block refuses',
      'the message says by what; set --private-addresses if the address is meant',
    ],
  ])('names %s in its record and in the summary', async (_, { fetch }, message, advice) => {
    const run = runOf({ fetch: { retry: { limit: 1 }, ...fetch } }, { stdin: 'http://a/\n' });
    expect(await run.code).toBe(1);
    expect(run.records()[0]?.error?.message).toContain(message);
    expect(failedOf(run)).toContain(`→ ${advice}`);
    expect(failedOf(run)).toContain(message);
  });

  it('names the timeout of a line as one of that line', async () => {
    const run = runOf(
      { fetch: { transport: slow, retry: false } },
      { stdin: '{"url":"http://a/","timeout":5}\n' },
    );
    expect(await run.code).toBe(1);
    expect(run.records()[0]?.error?.message).toBe(
      'GET http://a/: the `timeout` of its line (5 ms) was over while waiting for the transport',
    );
    expect(failedOf(run)).toContain('→ raise that timeout, or lower --concurrency');
  });

  it('leaves alone what a URL says', async () => {
    const url = 'http://a/timeout.total(5)';
    const run = runOf({ fetch: { transport: slow, timeout: 5, retry: false } }, { stdin: `${url}\n` });
    expect(await run.code).toBe(1);
    expect(run.records()[0]?.error?.message).toContain(`GET ${url}: --timeout (5 ms)`);
  });
});
