/** A worker as a process: `worker.ts FILE COUNT URL [POISON]` enqueues URL/0 … and fetches what has no record. */
import { argv, exit, pid } from 'node:process';
import { count, lastValueFrom, tap } from 'rxjs';
import { fetchQueue, sqliteQueue } from 'sluice/sqlite';

const [, , file = '', length = '0', url = '', poison] = argv;

const queue = await sqliteQueue(file);
await queue.enqueue(Array.from({ length: Number(length) }, (_, at) => `${url}/${at}`));
const events = {
  next: ({ type, index }: { readonly type: string; readonly index: number }) => {
    if (type === 'start' && String(index) === poison) process.kill(pid, 'SIGKILL');
  },
};
const records = fetchQueue(queue, { concurrency: 64, ...(poison !== undefined && { events }) });
await lastValueFrom(records.pipe(tap({ error: () => exit(1) }), count()));
await queue.close();
