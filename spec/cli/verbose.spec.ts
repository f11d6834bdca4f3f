import { of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../lib/model/page.js';
import type { FetchRequest } from '../../lib/model/request.js';
import { page } from '../../lib/testing/index.js';
import { runOf, type RunOf } from './run-of.js';

/** Answers /moved after two redirects, /busy with 503 once, and all else at once. */
function transport(): (request: FetchRequest) => Observable<Page> {
  let busy = 0;
  return ({ url }) => {
    const asked = String(url);
    if (asked.endsWith('/busy') && busy++ === 0) return of(page(asked, { status: 503 }));
    if (!asked.endsWith('/moved')) return of(page(asked));
    return of(page('http://a/end', { redirects: [asked, 'http://a/second'] }));
  };
}

const stdin = 'http://a/\nhttp://a/moved\nhttp://a/busy\n';

function verbose(json: boolean, level: 'verbose' | 'normal' = 'verbose'): RunOf {
  return runOf(
    { fetch: { transport: transport(), retry: { backoff: () => 7 } }, talk: { level, color: false, json } },
    { stdin },
  );
}

describe('--verbose', () => {
  it('says each retry with its reason and wait, and where redirects led', async () => {
    const run = verbose(false);
    expect(await run.code).toBe(0);
    expect(run.said.filter((line) => /Retry|Redirected/.test(line)).sort()).toEqual([
      'sluice: Redirected: http://a/moved → http://a/second → http://a/end\n',
      expect.stringMatching(/^sluice: Retry 1 in 7 ms: GET http:\/\/a\/busy.* 503/),
    ]);
  });

  it('says it as data for --json-log', async () => {
    const run = verbose(true);
    expect(await run.code).toBe(0);
    const said = run.said.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said).toContainEqual(expect.objectContaining({ level: 'debug', index: 2, retry: 1, wait: 7 }));
    expect(said).toContainEqual(
      expect.objectContaining({ level: 'debug', index: 1, redirects: ['http://a/moved', 'http://a/second'] }),
    );
  });

  it('alone says it', async () => {
    const run = verbose(false, 'normal');
    expect(await run.code).toBe(0);
    expect(run.said).toEqual([]);
  });
});
