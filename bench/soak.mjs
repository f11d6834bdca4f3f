// The soak: bad servers and good ones for half an hour, while what the process holds is looked at.
import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadOf } from './soak/load.mjs';
import { findingsOf, sampleOf, tableOf } from './soak/samples.mjs';
import { Tally } from './soak/tally.mjs';
import { whole } from './table.mjs';

const usage = 'node --expose-gc bench/soak.mjs [--minutes N]   30 minutes, unless told otherwise';
/** All in ms. */
const lapEvery = 1_000;
const sampleEvery = 10_000;
const minute = 60_000;
/** How long idle connections and what is under way may take to be gone. */
const patience = 30_000;
/** So many laps may be under way before one is left out: it is no race. */
const mostLaps = 5;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!globalThis.gc || !(minutes > 0)) {
  console.error(usage);
  process.exit(2);
}

const server = fork(fileURLToPath(new URL('soak/servers.mjs', import.meta.url)), {
  cwd: fileURLToPath(new URL('..', import.meta.url)), // where tsx looks for tsconfig.json
  execArgv: ['--expose-gc', '--import', 'tsx'],
});
process.on('exit', () => server.kill()); // also where something throws
const [plan] = await once(server, 'message');
const tally = new Tally();
const load = await loadOf(plan, tally);
setMaxListeners(0, load.signal); // every pipeline listens to it, and they are many
const sample = () => sampleOf(server, load.signal, tally);
const begin = performance.now();
const passed = () => performance.now() - begin;

const first = await sample();
const samples = [];
const underWay = new Set();
let skipped = 0;
let nextSample = sampleEvery;
for (let lap = 0; passed() < minutes * minute; lap++) {
  if (underWay.size < mostLaps) {
    const running = load.lap(lap).finally(() => underWay.delete(running));
    underWay.add(running);
  } else skipped++;
  await delay(Math.max(0, (lap + 1) * lapEvery - passed()));
  if (passed() >= nextSample) {
    samples.push({ at: passed(), ...(await sample()) });
    nextSample += sampleEvery;
    const { pulled, sockets, serverSockets, heap, rss } = samples.at(-1);
    console.error(
      `${Math.round(passed() / 1_000)} s: ${pulled} pulled, ${sockets}/${serverSockets} sockets, ` +
        `heap ${(heap / 2 ** 20).toFixed(1)}, RSS ${(rss / 2 ** 20).toFixed(0)} MiB, ` +
        `${tally.wrong} wrong, ${tally.unhandled} unhandled`,
    );
  }
}
const { user, system } = process.cpuUsage();
const cpu = (user + system) / 1_000 / passed();
await Promise.race([Promise.all(underWay), delay(patience, undefined, { ref: false })]);
let last = await sample();
for (const giveUp = passed() + patience; last.sockets + last.serverSockets > 0 && passed() < giveUp;) {
  await delay(500);
  last = await sample();
}
load.close();

const at = (time) => samples.find((one) => one.at >= time - lapEvery) ?? samples.at(-1);
const settled = samples.filter((one) => one.at >= minute);
const columns = [
  ['start', first],
  ['1 min', at(minute)],
  [`${minutes / 2} min`, at((minutes / 2) * minute)],
  [`${minutes} min`, samples.at(-1)],
  ['end, idle', last],
];
const { pulled, records, cutOff, ends, kinds, unhandled, runs } = tally;
const listed = (counts) =>
  Object.entries(counts)
    .map(([name, count]) => `${whole(count)} ${name}`)
    .join(', ');
console.log(tableOf(columns));
console.log(
  `${whole(pulled)} URLs pulled = ${whole(records)} records + ${whole(cutOff)} cut off by unsubscribing; ` +
    `${whole(pulled / (minutes * 60))} URLs a second at ${cpu.toFixed(2)} of a core; ${skipped} laps left out.`,
);
console.log(`${whole(runs)} pipelines: ${listed(ends)}.`);
console.log(`Records: ${listed(kinds)}.`);
console.log(`Unhandled rejections and exceptions: ${unhandled}.`);
const findings = findingsOf(first, settled, last, tally);
console.log(findings.length === 0 ? 'It holds.' : `It does not hold: ${findings.join('; ')}.`);
for (const complaint of tally.complaints) console.log(`- ${complaint}`);
process.exitCode = findings.length === 0 ? 0 : 1;
server.disconnect();
