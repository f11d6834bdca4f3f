// The queue on NATS JetStream: how it grows with workers, what one worker does, what a URL takes on the disk.
// `node bench/queue-jetstream.mjs --help` tells more.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jetstreamQueue } from '../dist/esm/queue/jetstream/index.js';
import { startNats } from './queue/nats.mjs';
import { table, whole } from './table.mjs';

/** As many hosts as this, each an address of this machine, spread over 16 shards. */
const hosts = 64;
const parts = { scale, quick, size };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    urls: { type: 'string', default: '12000' },
    rounds: { type: 'string', default: '3' },
    many: { type: 'string', default: '100000' },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [count, rounds, many] = [values.urls, values.rounds, values.many].map(Number);

if (values.help) {
  console.log(`node bench/queue-jetstream.mjs [--only ${Object.keys(parts).join('|')}] [--urls ${count}] [--rounds ${rounds}] [--many ${many}] [--profile]

  scale   --urls pages that take 20 ms, by 1, 2 and 4 workers with 8 in flight each
  quick   --urls pages that take nothing, by one worker with 64 in flight; with --profile it leaves a .cpuprofile
  size    what --many URLs take in the server's files and memory, when they are enqueued and when they are done`);
} else {
  for (const [name, part] of Object.entries(parts)) {
    if (values.only === undefined || values.only === name) await part();
  }
}

async function scale() {
  const rates = new Map([1, 2, 4].map((workers) => [workers, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [workers, list] of rates) list.push(await race({ workers, concurrency: 8, delay: 20 }));
  }
  const alone = middle(rates.get(1)).steady;
  const rows = [...rates].map(([workers, list]) => {
    const { steady, rate, cpu, server } = middle(list);
    const times = [cpu, server].map((seconds) => `${whole(seconds * 1e6)} µs`);
    const cells = [whole(rate), whole(steady), `${(steady / alone).toFixed(2)}×`, ...times];
    return [String(workers), ...cells];
  });
  const header = [
    'workers',
    'records/s',
    'between 20 % and 80 %',
    'of one',
    'CPU a record',
    'of nats-server',
  ];
  console.log(table(0, header, rows));
}

async function quick() {
  const list = [];
  for (let round = 0; round < rounds; round++) {
    list.push(await race({ workers: 1, concurrency: 64, delay: 0 }));
  }
  const { steady, rate, cpu } = middle(list);
  console.log(
    `one worker, 64 in flight: ${whole(rate)} records/s (${whole(steady)} between 20 % and 80 %), ${whole(cpu * 1e6)} µs CPU a record`,
  );
}

async function size() {
  const [nats, site] = [await startNats(), await startSite(0)];
  const queue = await jetstreamQueue('size', { servers: nats.url });
  const taken = () => ({ files: nats.stored(), memory: memoryOf(nats.pid) });
  const each = (now) =>
    `${whole((now.files - empty.files) / many)} bytes of files and ${whole((now.memory - empty.memory) / many)} of memory each`;
  const empty = taken();
  const before = performance.now();
  await queue.enqueue(urls(site.port, many));
  const seconds = (performance.now() - before) / 1_000;
  const enqueued = taken();
  await work(nats, 'size', 1, 64);
  const done = taken();
  await queue.close();
  await Promise.all([nats.stop(), site.stop()]);
  const { length } = urls(site.port, 1).next().value;
  console.log(
    `${whole(many)} URLs of ${length} characters enqueued in ${seconds.toFixed(1)} s: ${each(enqueued)}; ` +
      `done, with pages of 1,024 bytes: ${each(done)}`,
  );
}

/** One run over a fresh server. */
async function race({ workers, concurrency, delay }) {
  const [nats, site] = [await startNats(), await startSite(delay)];
  try {
    const queue = await jetstreamQueue('race', { servers: nats.url });
    await queue.enqueue(urls(site.port, count));
    const before = cpuOf(nats.pid);
    const told = await work(nats, 'race', workers, concurrency);
    const server = (cpuOf(nats.pid) - before) / count;
    const { done } = await queue.counts();
    await queue.close();
    if (done !== count) throw new Error(`expected ${count} records, got ${done}`);
    const times = await site.times();
    const [from, to] = [Math.floor(count * 0.2), Math.floor(count * 0.8)];
    const cpu = told.reduce((sum, worker) => sum + worker.cpu, 0) / count;
    const rate = count / Math.max(...told.map(({ seconds }) => seconds));
    return { rate, steady: ((to - from) / (times[to] - times[from])) * 1_000, cpu, server };
  } finally {
    await Promise.all([nats.stop(), site.stop()]);
  }
}

async function work({ url: servers }, name, workers, concurrency) {
  const options = JSON.stringify({ servers, name, concurrency });
  const execArgv = values.profile ? ['--cpu-prof'] : [];
  const file = fileURLToPath(new URL('queue/worker.mjs', import.meta.url));
  const children = Array.from({ length: workers }, () => fork(file, [options], { execArgv }));
  await Promise.all(children.map((child) => once(child, 'message')));
  const told = children.map((child) => once(child, 'message'));
  for (const child of children) child.send('begin');
  return (await Promise.all(told)).flat().filter((said) => said?.records !== undefined);
}

async function startSite(delay) {
  const file = fileURLToPath(new URL('queue/site.mjs', import.meta.url));
  const child = fork(file, [String(delay)]);
  const [port] = await once(child, 'message');
  return {
    port,
    times: async () => {
      const told = once(child, 'message');
      child.send('times');
      return (await told)[0];
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The bytes of memory that a process has now; 0 where there is no /proc. */
function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1_024;
  } catch {
    return 0;
  }
}

/** The seconds of CPU that a process has used, in hundredths; 0 where there is no /proc. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function* urls(port, many) {
  for (let i = 0; i < many; i++) yield `http://127.0.0.${1 + (i % hosts)}:${port}/page/${i}`;
}

function middle(list) {
  return list.toSorted((a, b) => a.steady - b.steady)[Math.floor(list.length / 2)];
}
