import { join } from 'node:path';
import { firstValueFrom, NEVER, of, Subject, throwError } from 'rxjs';
import { FetchError } from 'sluice';
import { page } from 'sluice/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QueueSource } from '../../../lib/cli/queue/queue-source.js';
import { QueueError } from '../../../lib/queue/queue-error.js';
import type { RequestQueue } from '../../../lib/queue/request-queue.js';
import { sqliteQueue } from '../../../lib/queue/sqlite/open.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { runOf } from '../run-of.js';

async function queueOf(urls: readonly string[]): Promise<RequestQueue<unknown>> {
  const queue = await sqliteQueue<unknown>(join((await temporaryFolder()).path, 'queue.db'));
  onTestFinished(() => queue.close());
  await queue.enqueue(urls);
  return queue;
}

const inQueue = { inputs: { urls: [], files: [], areQueued: true }, isSilent: true } as const;

describe('a run over a queue', () => {
  it('writes no records, and says what it did', async () => {
    const source = new QueueSource(await queueOf(['http://a/', 'http://b/']), false);
    const transport = ({ url }: { url: string | URL }) =>
      url === 'http://b/' ? throwError(() => new FetchError('dns', 'no such host')) : of(page(String(url)));
    const run = runOf({ ...inQueue, fetch: { transport, retry: false } }, { source });
    expect(await run.code).toBe(1);
    expect(run.stdout()).toBe('');
    expect(run.printed.join('')).toMatch(/^2 URLs[^:]*: 1 succeeded, 1 failed\n/);
    expect(run.printed.join('')).not.toContain('were not taken');
  });

  it('stops at --fail-fast, and what was under way goes back', async () => {
    const queue = await queueOf(['http://a/', 'http://b/', 'http://c/']);
    const transport = ({ url }: { url: string | URL }) =>
      url === 'http://a/' ? throwError(() => new FetchError('dns', 'no such host')) : NEVER;
    const fetch = { transport, retry: false as const, concurrency: 2 };
    const run = runOf({ ...inQueue, failOver: 0, fetch }, { source: new QueueSource(queue, false) });
    expect(await run.code).toBe(1);
    expect(run.said).toContain('sluice: Stopped at the first failure\n');
    expect(await queue.counts()).toMatchObject({ queued: 2, leased: 0, done: 1 });
  });

  it('does not count as under way what another worker was quicker with', async () => {
    const queue = await queueOf(['http://a/', 'http://b/']);
    const lease = queue.lease.bind(queue);
    const lost = new Subject<void>();
    queue.lease = async (...args) =>
      (await lease(...args)).map((one) => ({
        ...one,
        complete: () => Promise.resolve(undefined).finally(() => lost.next()),
        release: () => one.release(),
        extend: () => one.extend(),
      }));
    const asked = new Subject<void>();
    const isLost = firstValueFrom(lost);
    const isAsked = firstValueFrom(asked);
    const transport = ({ url }: { url: string | URL }) => {
      if (url === 'http://a/') return of(page(url));
      asked.next();
      return NEVER;
    };
    const run = runOf({ ...inQueue, fetch: { transport } }, { source: new QueueSource(queue, false) });
    await Promise.all([isLost, isAsked]);
    run.signals.emit('SIGINT');
    run.signals.emit('SIGTERM');
    expect(await run.code).toBe(130);
    expect(run.said).toContain(
      'sluice: Stopping: no more URLs are taken, 1 is under way; Ctrl-C again cuts them off\n',
    );
    expect(run.said).toContain('sluice: Cut off: 1 under way go back to the queue\n');
  });

  it('is exit code 3 and one sentence when its queue fails', async () => {
    const queue = await queueOf(['http://a/']);
    queue.lease = () => Promise.reject(new QueueError('the disk under the queue is full'));
    const run = runOf(inQueue, { source: new QueueSource(queue, false) });
    expect(await run.code).toBe(3);
    expect(run.said).toEqual(['sluice: the disk under the queue is full\n']);
  });
});
