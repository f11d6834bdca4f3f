import { getEventListeners } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { table, whole } from '../table.mjs';

const MiB = 2 ** 20;

/** What this process and that of the servers hold, garbage collected before. */
export async function sampleOf(server, signal, tally) {
  const remote = await askServer(server);
  globalThis.gc();
  globalThis.gc(); // what the first has finalized
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const files = openFiles();
  const open = process.getActiveResourcesInfo();
  return {
    pulled: tally.pulled,
    sockets: files?.filter((file) => file.startsWith('socket:')).length,
    awake: open.filter((name) => /TCP|TLS/.test(name)).length,
    serverSockets: remote.sockets,
    accepted: remote.accepted,
    timers: open.filter((name) => name === 'Timeout').length,
    files: files?.length,
    listeners: getEventListeners(signal, 'abort').length,
    heap: heapUsed,
    external: external + arrayBuffers,
    rss,
    serverHeap: remote.heap,
  };
}

function askServer(server) {
  return new Promise((resolve) => {
    server.once('message', resolve);
    server.send('sample');
  });
}

/** What each file handle of this process leads to; undefined where that is not to be known. */
function openFiles() {
  const folder = '/proc/self/fd';
  if (process.platform !== 'linux') return undefined;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      return []; // the one by which the folder was read
    }
  });
}

const counted = (count) => (count === undefined ? 'not known' : whole(count));
const mebibytes = (bytes) => `${(bytes / MiB).toFixed(1)} MiB`;
const rows = [
  ['URLs pulled so far', 'pulled', whole],
  ['connections accepted by the servers', 'accepted', whole],
  ['sockets of the client, with one to talk to the servers’ process', 'sockets', counted],
  ['of those, what keeps the process alive', 'awake', whole],
  ['sockets of the servers', 'serverSockets', whole],
  ['timers', 'timers', whole],
  ['file handles', 'files', counted],
  ['listeners on a signal of all pipelines', 'listeners', whole],
  ['heap after gc', 'heap', mebibytes],
  ['external memory after gc', 'external', mebibytes],
  ['RSS', 'rss', mebibytes],
  ["the servers' heap after gc", 'serverHeap', mebibytes],
];

/** @param columns pairs of a heading and a sample */
export function tableOf(columns) {
  return table(
    1,
    ['', ...columns.map(([heading]) => heading)],
    rows.map(([name, key, text]) => [name, ...columns.map(([, sample]) => text(sample[key]))]),
  );
}

/** What is in flight comes on top, and is another amount at each sample. */
const least = (samples, key) => Math.min(...samples.map((sample) => sample[key]));

/**
 * How much larger memory may be in the last third of the samples than in the one before: so many times, and bytes. In
 * the first third it still grows: caches and pools fill.
 */
const growth = [
  ['heap', 1.05, MiB],
  ['external', 1.05, 2 * MiB],
  ['rss', 1.15, 8 * MiB],
];

/**
 * Sentences about what is wrong; none where it holds.
 * @param samples those taken under load, from the second minute on
 */
export function findingsOf(first, samples, last, tally) {
  const findings = [];
  for (const key of ['sockets', 'awake', 'serverSockets', 'timers', 'files', 'listeners']) {
    if (last[key] > first[key]) findings.push(`${key}: ${first[key]} at the start, ${last[key]} at the end`);
  }
  const third = Math.ceil(samples.length / 3);
  for (const [key, times, more] of growth) {
    const [early, late] = [least(samples.slice(-2 * third, -third), key), least(samples.slice(-third), key)];
    if (late > early * times + more)
      findings.push(`${key} grew from ${mebibytes(early)} to ${mebibytes(late)}`);
  }
  const { pulled, records, cutOff, unhandled, wrong } = tally;
  if (pulled !== records + cutOff) {
    findings.push(`${whole(pulled)} pulled, ${whole(records)} records and ${whole(cutOff)} cut off`);
  }
  if (unhandled > 0) findings.push(`${unhandled} unhandled rejections or exceptions`);
  if (wrong > 0) findings.push(`${wrong} records or pipelines are not as they should be`);
  return findings;
}
