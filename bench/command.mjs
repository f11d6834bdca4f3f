// The command against curl, xargs and wget2: wall time, start-up, memory. `node bench/command.mjs --help` tells more.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from './server.mjs';
import { mebi, table, whole } from './table.mjs';

const concurrency = 64;
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const instant = fileURLToPath(new URL('command-instant.mjs', import.meta.url));
/** xargs starts a curl for each URL: it is given fewer, and its time is that of as many as the others have. */
const fewer = 20;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    without: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    urls: { type: 'string', default: '40000' },
    lines: { type: 'string', default: '10000000' },
    real: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
});
const [rounds, count, lines, real] = [values.rounds, values.urls, values.lines, values.real].map(Number);
const parts = { time: times, start: startUp, memory };

if (values.help) {
  console.log(`node bench/command.mjs [--only ${Object.keys(parts).join('|')}] [--rounds ${rounds}] [--urls ${count}]
  [--without 'xargs curl']… [--lines ${lines}] [--real ${real}]

  time    --urls pages by the command, with and without --state, curl -Z, xargs and wget2 (what is installed), --rounds times in turn
  start   \`--version\`, and until the first request is there, medians of 20
  memory  RSS over --lines input lines with a transport that answers at once, and over --real pages`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-command-'));
  const server = await startServer();
  try {
    console.log(`Server: ${server.name}; Node ${process.version}.\n`);
    for (const [name, part] of Object.entries(parts)) {
      if (values.only === undefined || values.only === name) await part(server.origin, folder);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function times(origin, folder) {
  const [list, config] = [join(folder, 'urls.txt'), join(folder, 'curl.txt')];
  const urls = Array.from({ length: count }, (_, i) => `${origin}/page?i=${i}`);
  writeFileSync(list, urls.map((url) => `${url}\n`).join(''));
  writeFileSync(config, urls.map((url) => `url = "${url}"\noutput = "/dev/null"\n`).join(''));
  const some = urls.slice(0, Math.ceil(count / fewer)).join('\n');
  const width = String(concurrency);
  const state = join(folder, 'run.db');
  const sluice = [
    process.execPath,
    command,
    '-q',
    '-c',
    width,
    '-i',
    list,
    '-o',
    join(folder, 'records.ndjson'),
  ];
  const contestants = [
    ['sluice', sluice],
    ['sluice --state', [...sluice, '--state', state]],
    ['curl -Z', ['curl', '-s', '-Z', '--parallel-max', width, '-K', config]],
    ['xargs curl', ['xargs', '-P', width, '-n', '1', 'curl', '-s', '-o', '/dev/null'], some],
    ['wget2', ['wget2', '-q', `--max-threads=${width}`, '-O', '/dev/null', '-i', list]],
  ].filter(([name, [program]]) => {
    return !values.without.includes(name) && spawnSync('which', [program]).status === 0;
  });
  const taken = new Map(contestants.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contestants.length; place++) {
      const [name, [program, ...args], input] = contestants[(round + place) % contestants.length];
      rmSync(state, { force: true });
      const before = performance.now();
      const { status, stderr } = spawnSync(program, args, {
        input: input ?? '',
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${String(stderr).slice(0, 500)}`);
      const seconds = (performance.now() - before) / 1000;
      taken.get(name).push(input === undefined ? seconds : seconds * fewer);
    }
  }
  const [curl, plain] = [taken.get('curl -Z'), taken.get('sluice')];
  const ratio = (seconds, others) => median(seconds.map((one, round) => one / others[round])).toFixed(2);
  const rows = [...taken].map(([name, seconds]) => [
    name + (name === 'xargs curl' ? ` (${whole(count / fewer)} URLs × ${fewer})` : ''),
    median(seconds).toFixed(2),
    `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
    `${ratio(seconds, plain)}×`,
    curl ? `${ratio(seconds, curl)}×` : '',
  ]);
  console.log(`${whole(count)} URLs, ${concurrency} at a time, ${rounds} rounds\n`);
  console.log(`${table(1, ['', 'seconds', 'fastest–slowest', 'to sluice', 'to curl -Z'], rows)}\n`);
}

async function startUp() {
  const repeated = async (measure) => {
    const all = [];
    for (let n = 0; n < 20; n++) all.push(await measure());
    return median(all).toFixed(0);
  };
  const process_ = (args) => () => {
    const before = performance.now();
    spawnSync(process.execPath, args);
    return performance.now() - before;
  };
  const rows = [
    ['node -e 0', await repeated(process_(['-e', '0']))],
    ['sluice --version', await repeated(process_([command, '--version']))],
    ['sluice URL, until the request is there', await repeated(firstRequest)],
  ];
  console.log(`${table(1, ['start-up', 'ms'], rows)}\n`);
}

async function firstRequest() {
  let arrived;
  const server = createServer((_request, response) => {
    arrived ??= performance.now();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = performance.now();
  const child = spawn(process.execPath, [command, '-q', `http://127.0.0.1:${server.address().port}/`], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
  server.close();
  server.closeAllConnections();
  return arrived - before;
}

async function memory(origin) {
  const width = String(concurrency);
  const rows = [
    ['a transport that answers at once', lines, await rssOf([instant], 'http://localhost/%.0f', lines)],
    [
      'real pages',
      real,
      await rssOf([command, '-q', '-c', width, '-o', '/dev/null'], `${origin}/page?i=%.0f`, real),
    ],
  ].map(([name, number, { seconds, quarters }]) => [
    name,
    whole(number),
    seconds.toFixed(0),
    ...quarters.map(mebi),
  ]);
  console.log('Highest RSS in MiB in each quarter of the time\n');
  console.log(`${table(1, ['', 'lines', 'seconds', 'first', 'second', 'third', 'fourth'], rows)}\n`);
}

/** RSS of a process that is given so many lines on stdin, looked at five times a second. */
async function rssOf(args, format, number) {
  const before = performance.now();
  const source = spawn('seq', ['-f', format, String(number)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const child = spawn(process.execPath, args, { stdio: [source.stdout, 'ignore', 'inherit'] });
  source.stdout.destroy(); // the child has its own
  const samples = [];
  const timer = setInterval(() => {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    if (kib !== undefined) samples.push(Number(kib) * 1024);
  }, 200);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  const quarter = Math.ceil(samples.length / 4);
  const quarters = [0, 1, 2, 3].map((n) => Math.max(0, ...samples.slice(n * quarter, (n + 1) * quarter)));
  return { seconds: (performance.now() - before) / 1000, quarters };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
