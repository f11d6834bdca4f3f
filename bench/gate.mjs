// The gate alone, without RxJS and network: what a decision costs, and what a job that waits does.
import { Gate } from '../dist/esm/gate/gate.js';
import { table, whole } from './table.mjs';

const jobs = 1_000_000;
const rounds = 3;
const slots = 64;

/** Of one shape, and as small as the gate allows. */
class Job {
  notBefore = 0;
  starts = 0;
  delay = undefined;
  owner = undefined;
  probe = false;

  constructor(host) {
    this.host = host;
  }
}

const settings = {
  free: () => limits({}),
  '1 each': () => limits({ concurrency: 1 }),
  'all limits': () =>
    limits(
      {
        concurrency: 4,
        delay: 1,
        rate: { limit: 100, per: 1_000 },
        circuit: { threshold: 10, window: 10_000, cooldown: 30_000, probes: 1 },
      },
      { limit: 1_000, per: 1 },
    ),
};

function limits(perHost, rate) {
  const none = { concurrency: Infinity, delay: 0, rate: undefined, circuit: undefined, retryShare: 0.2 };
  return { slots, rate, perHost: { ...none, ...perHost } };
}

function filled(given, hosts) {
  const gate = new Gate(given);
  const keys = Array.from({ length: hosts }, (_, host) => `https://${host}.example`);
  for (let i = 0; i < jobs; i++) gate.offer(new Job(keys[i % hosts]), 0);
  return gate;
}

/** Starts and ends every job; time leaps to when the gate says that there is more. @returns decisions per second */
function drain(gate) {
  const flying = [];
  let now = 0;
  const start = performance.now();
  while (gate.waiting > 0) {
    const job = gate.take(now);
    if (job) flying.push(job);
    else if (flying.length > 0) for (const one of flying.splice(0)) gate.release(one, false, now);
    else now = Math.max(now, gate.wakeAt());
  }
  return jobs / ((performance.now() - start) / 1_000);
}

/** @returns bytes of each waiting job, the caller's own part of it included; undefined without `--expose-gc` */
function bytesPerJob(given, hosts) {
  if (!globalThis.gc) return undefined;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const gate = filled(given, hosts);
  globalThis.gc();
  const bytes = (process.memoryUsage().heapUsed - before) / jobs;
  return gate.waiting === jobs ? bytes : NaN;
}

const rows = [];
for (const [name, given] of Object.entries(settings)) {
  for (const hosts of [1, 1_000, 100_000]) {
    if (name !== 'free' && hosts === 1) continue; // one host with limits is idle, not busy
    const rates = Array.from({ length: rounds }, () => drain(filled(given(), hosts)));
    const bytes = bytesPerJob(given(), hosts);
    const rate = rates.toSorted((a, b) => a - b)[rounds >> 1];
    rows.push([name, whole(hosts), whole(rate), bytes === undefined ? '–' : whole(bytes)]);
  }
}
console.log(`${whole(jobs)} jobs wait, ${slots} slots, median of ${rounds} rounds\n`);
console.log(table(1, ['limits of a host', 'hosts', 'decisions/s', 'bytes/job'], rows));
if (!globalThis.gc) console.log('\nnode --expose-gc bench/gate.mjs also says what a waiting job takes.');
