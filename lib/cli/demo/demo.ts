import { lastValueFrom, Subject } from 'rxjs';
import { fetchFrom } from '../../creators/fetch-from.js';
import type { FetchEvent } from '../../model/event.js';
import type { Page } from '../../model/page.js';
import type { FetchRequest } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import { toBatch } from '../../operators/to-batch.js';
import type { FetchOptions } from '../../pipeline/options.js';
import { stdoutOutput } from '../output/stdout-output.js';
import { columnsOf, paintFor, showProgress } from './progress.js';
import { report, type Sizes } from './report.js';
import { startSite, type SitePage } from './site/start-site.js';

/**
 * `sluice demo`: fetches a site of about 300 pages that misbehave in all the usual ways, or the URLs it is given.
 * Ctrl-C stops the run and reports what was done until then; a second one ends it at once.
 *
 * @returns the exit code
 */
export async function demo(urls: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const work = urls.length > 0 ? fetchUrls(urls, interrupted.signal) : fetchSite(interrupted.signal);
  const code = await work;
  return interrupted.signal.aborted ? 130 : code;
}

async function fetchUrls(urls: readonly string[], signal: AbortSignal): Promise<number> {
  const requests = urls.map((url) => ({ url }));
  const records = await fetchAll(requests, { timeout: 10_000, project: sizesOf, signal });
  return records.every((record) => record.ok) ? 0 : 1;
}

async function fetchSite(signal: AbortSignal): Promise<number> {
  const site = await startSite();
  try {
    const requests = site.pages.map((page) => ({ url: page.url, context: page }));
    const timeout = { attempt: 1_500, total: 4_000 };
    const records = await fetchAll(requests, { timeout, project: readPage, signal });
    const surprises = records.filter((record) => !isAsDeclared(record));
    await print(verdictOn(surprises, signal.aborted));
    return surprises.length === 0 ? 0 : 1;
  } finally {
    await site.close();
  }
}

/** Fetches, shows progress meanwhile, and prints the report. */
async function fetchAll<C>(
  requests: readonly FetchRequest<C>[],
  options: FetchOptions<Sizes, C>,
): Promise<FetchResult<Sizes, C>[]> {
  const events = new Subject<FetchEvent>();
  const progress = showProgress(events, requests.length, process.stderr);
  const start = performance.now();
  const results = fetchFrom(requests, { concurrency: 32, retry: 2, events, ...options });
  const records = await lastValueFrom(results.pipe(toBatch()), { defaultValue: [] });
  const elapsed = performance.now() - start;
  progress.unsubscribe();
  const width = process.stdout.isTTY ? Math.max(40, columnsOf(process.stdout)) : 80;
  await print(report({ records, total: requests.length, elapsed }, width, paintFor(process.stdout)));
  return records;
}

/** All that is kept of a page. */
function sizesOf(page: Page): Sizes {
  return { decoded: page.body.length, wire: page.encodedBytes };
}

/** Sizes of a page of the site, if it says what was written; what this throws makes a failure of kind `project`. */
function readPage(page: Page, { context }: FetchRequest<SitePage>): Sizes {
  const expected = context?.expected;
  if (expected?.ok !== true) throw new Error('a page came back where a failure was expected');
  if (page.text() !== expected.text()) throw new Error('the page does not say what was written');
  if (page.redirects.length !== expected.redirects) throw new Error('not the redirects that were expected');
  return sizesOf(page);
}

/** Whether a fetch came to the end that the site declares. What Ctrl-C cut off could not. */
function isAsDeclared(record: FetchResult<Sizes, SitePage>): boolean {
  const expected = record.request.context?.expected;
  if (expected === undefined) return false;
  if (record.ok) return expected.ok && record.attempts >= expected.attempts;
  return record.error.kind === 'cancelled' || (!expected.ok && record.error.kind === expected.kind);
}

function verdictOn(surprises: readonly FetchResult<Sizes, SitePage>[], isStopped: boolean): string {
  if (surprises.length > 0) {
    const list = surprises.map(({ request, ...record }) => {
      const end = record.ok ? `succeeded after ${record.attempts} attempts` : record.error.message;
      return `  ${String(request.url)}\n    ${end}`;
    });
    return `\nNot what the site declares:\n${list.join('\n')}\n`;
  }
  return isStopped
    ? '\nStopped by Ctrl-C.\n'
    : '\nThe failures are on purpose: the site misbehaves to show what comes back, and\nevery URL came to the end that the site declares for it.\n';
}

/** Resolves once it is written. @throws OutputError, by the promise */
function print(text: string): Promise<void> {
  return stdoutOutput().write(Buffer.from(text));
}
