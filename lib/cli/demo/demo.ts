import { fetchFrom } from '../../creators/fetch-from.js';
import type { Page } from '../../model/page.js';
import type { FetchRequest } from '../../model/request.js';
import type { FetchResult } from '../../model/result.js';
import type { RunSnapshot } from '../../observe/report/run-snapshot.js';
import { runStatistics } from '../../observe/report/run-statistics.js';
import { summaryText } from '../../observe/report/summary-text.js';
import type { FetchOptions } from '../../pipeline/options.js';
import { columnsFor, isStdoutTerminal } from '../progress/terminal.js';
import { progressWatcher } from '../progress-watcher.js';
import { processIo, type RunIo } from '../run-io.js';
import type { RunPlan } from '../run-plan.js';
import { startSite, type SitePage } from './site/start-site.js';

/** What `sluice demo` is asked for. */
export interface DemoPlan {
  /** URLs to fetch; none: the site. */
  readonly urls: readonly string[];
  readonly talk: RunPlan['talk'];
}

/**
 * `sluice demo`: fetches a site of about 300 pages that misbehave in all the usual ways, or the URLs it is given.
 * Ctrl-C stops the run and reports what was done until then; a second one ends it at once.
 *
 * @returns the exit code
 */
export async function demo(plan: DemoPlan): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const work =
    plan.urls.length > 0 ? fetchUrls(plan, interrupted.signal) : fetchSite(plan, interrupted.signal);
  const code = await work;
  return interrupted.signal.aborted ? 130 : code;
}

async function fetchUrls(plan: DemoPlan, signal: AbortSignal): Promise<number> {
  const requests = plan.urls.map((url) => ({ url }));
  let failed = 0;
  await fetchAll(requests, { timeout: 10_000, signal }, plan, processIo(plan), (record) => {
    if (!record.ok) failed++;
  });
  return failed === 0 ? 0 : 1;
}

async function fetchSite(plan: DemoPlan, signal: AbortSignal): Promise<number> {
  const io = processIo(plan);
  const site = await startSite();
  try {
    const requests = site.pages.map((page) => ({ url: page.url, context: page }));
    io.talk.info(`Fetching ${requests.length} URLs of a site on this machine that misbehaves on purpose`);
    const timeout = { attempt: 1_500, total: 4_000 };
    const surprises: FetchResult<Page, SitePage>[] = [];
    await fetchAll(requests, { timeout, project: checked, signal }, plan, io, (record) => {
      if (!isAsDeclared(record)) surprises.push(record);
    });
    await print(verdictOn(surprises, signal.aborted), io);
    return surprises.length === 0 ? 0 : 1;
  } finally {
    await site.close();
  }
}

/** Fetches, shows progress meanwhile, hands out the records, and prints what became of them. */
async function fetchAll<C>(
  requests: readonly FetchRequest<C>[],
  options: FetchOptions<Page, C>,
  { talk }: DemoPlan,
  io: RunIo,
  hand: (record: FetchResult<Page, C>) => void,
): Promise<void> {
  const statistics = runStatistics({ hosts: 0, slowest: 0 }); // a first impression is short
  const shown = { talk, inputs: { urls: requests.map(({ url }) => String(url)), files: [] }, files: {} };
  const progress = progressWatcher(statistics, { ...shown, isSilent: true }, { ...io, repeated: 1_000 });
  progress?.inputs?.(requests.length);
  const results = fetchFrom(requests, {
    concurrency: 32,
    retry: 2,
    events: {
      next(event) {
        statistics.next(event);
        progress?.event?.(event);
      },
    },
    ...options,
  });
  await results.forEach(hand);
  await progress?.end?.({ duration: 0, isCut: false });
  const isTerminal = isStdoutTerminal();
  const text = summaryText(byKind(statistics.snapshot()), {
    width: isTerminal ? columnsFor(process.stdout) : 80,
    color: talk.color && isTerminal,
    adviceOf: () => '', // they fail on purpose, or say enough
    total: requests.length,
  });
  await print(`${text}\n`, io);
}

/** A snapshot whose failures are told apart by their kind alone: each kind is to be seen. */
function byKind(snapshot: RunSnapshot): RunSnapshot {
  const { otherFailures: _others, ...rest } = snapshot;
  return { ...rest, failureGroups: snapshot.failures };
}

/** A page of the site, if it says what was written; what this throws makes a failure of kind `project`. */
function checked(page: Page, { context }: FetchRequest<SitePage>): Page {
  const expected = context?.expected;
  if (expected?.ok !== true) throw new Error('a page came back where a failure was expected');
  if (page.text() !== expected.text()) throw new Error('the page does not say what was written');
  if (page.redirects.length !== expected.redirects) throw new Error('not the redirects that were expected');
  return page;
}

/** Whether a fetch came to the end that the site declares. What Ctrl-C cut off could not. */
function isAsDeclared(record: FetchResult<Page, SitePage>): boolean {
  const expected = record.request.context?.expected;
  if (expected === undefined) return false;
  if (record.ok) return expected.ok && record.attempts >= expected.attempts;
  return record.error.kind === 'cancelled' || (!expected.ok && record.error.kind === expected.kind);
}

function verdictOn(surprises: readonly FetchResult<Page, SitePage>[], isStopped: boolean): string {
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
function print(text: string, io: Pick<RunIo, 'stdout'>): Promise<void> {
  return io.stdout().write(Buffer.from(text));
}
