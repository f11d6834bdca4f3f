// One worker: `worker.mjs OPTIONS`, which are JSON. Says that it is ready, begins when it is told to, and says what it
// has needed.
import { once } from 'node:events';
import { count, lastValueFrom } from 'rxjs';
import { fetchQueue, jetstreamQueue } from '../../dist/esm/queue/jetstream/index.js';

const { servers, name, concurrency } = JSON.parse(process.argv[2]);
const queue = await jetstreamQueue(name, { servers });
process.send('ready');
await once(process, 'message');
const cpuBefore = process.cpuUsage();
const before = performance.now();
const records = await lastValueFrom(fetchQueue(queue, { concurrency }).pipe(count()));
const seconds = (performance.now() - before) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
await queue.close();
process.send({ records, seconds, cpu: (user + system) / 1e6 });
process.disconnect();
