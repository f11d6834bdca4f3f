/**
 * A worker as a process: `worker.ts OPTIONS`, which are JSON. Says "ready", begins when it is told to, drains at
 * SIGTERM, and says how many records it has stored.
 */
import { argv, exit, pid } from 'node:process';
import { count, lastValueFrom } from 'rxjs';
import { fetchQueue, jetstreamQueue } from 'sluice/jetstream';
import type { WorkerOptions } from './workers.js';

const {
  servers,
  name,
  leaseTime,
  follow = false,
  perHost,
  poison,
} = JSON.parse(argv[2] ?? '') as WorkerOptions;

const drain = new AbortController();
process.once('SIGTERM', () => drain.abort());
const queue = await jetstreamQueue(name, { servers, leaseTime });
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
const events = {
  next: ({ type, index }: { readonly type: string; readonly index: number }) => {
    if (type === 'start' && index === poison) process.kill(pid, 'SIGKILL');
  },
};
const records = fetchQueue(queue, {
  concurrency: 64,
  follow,
  drain: drain.signal,
  events,
  ...(perHost !== undefined && { perHost: { concurrency: perHost } }),
});
const stored = await lastValueFrom(records.pipe(count())).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  exit(1);
});
await queue.close();
process.send?.(stored);
process.disconnect();
