// The queue in an SQLite file: inputs and records a second, bytes on disk. `node bench/queue.mjs --help` tells more.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sqliteQueue } from '../dist/esm/queue/sqlite/index.js';
import { table, whole } from './table.mjs';

const url = 'https://www.example.com/some/path/page?i=';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    records: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
const [inputs, records, batch] = [values.inputs, values.records, values.batch].map(Number);
const bodies = new Map([
  ['no body', undefined],
  ['a body of 200 bytes', Buffer.alloc(200, 'x')],
]);

if (values.help) {
  console.log(`node bench/queue.mjs [--inputs ${inputs}] [--records ${records}] [--batch ${batch}]

  enqueues --inputs URLs, leases --batch at a time and completes them at once, --records of them with each kind of record,
  and says how large the file is. Run it by each Node whose SQLite is to be measured.`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-queue-'));
  try {
    await measure(join(folder, 'queue.db'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(file) {
  const engine = process.getBuiltinModule?.('node:sqlite') ? 'node:sqlite' : 'node-sqlite3-wasm';
  console.log(`${engine}; Node ${process.version}.\n`);
  const rows = [];
  const step = async (name, count, work) => {
    const sizeBefore = sizeOf(file);
    const before = performance.now();
    const queue = await sqliteQueue(file);
    await work(queue);
    await queue.close(); // which moves all into the file itself
    const seconds = (performance.now() - before) / 1000;
    const bytes = (sizeOf(file) - sizeBefore) / count;
    rows.push([name, whole(count), seconds.toFixed(1), whole(count / seconds), whole(bytes)]);
  };
  await step('enqueued', inputs, (queue) => queue.enqueue(numbered(inputs)));
  for (const [name, body] of bodies) {
    await step(`leased and completed, ${name}`, records, (queue) => complete(queue, body));
  }
  console.log(table(1, ['', 'inputs', 'seconds', 'inputs/s', 'bytes each'], rows));
}

function* numbered(count) {
  for (let i = 0; i < count; i++) yield `${url}${i}`;
}

async function complete(queue, body) {
  for (let done = 0; done < records;) {
    const leases = await queue.lease(batch);
    await Promise.all(leases.map((lease) => lease.complete(recordOf(lease, body))));
    done += leases.length;
  }
}

function recordOf({ index, request }, body) {
  const settled = { index, request, attempts: 1, waited: 0, duration: 12 };
  if (!body) return { ...settled, ok: true, value: null };
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': String(body.length) };
  const page = { url: request.url, redirects: [], status: 200, headers, body, encodedBytes: body.length };
  return { ...settled, ok: true, value: page };
}

function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
