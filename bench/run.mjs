import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { judge } from './budgets.mjs';
import { checkInstallation, checkMachine, environment } from './environment.mjs';
import { notRun, race } from './measure.mjs';
import { readOptions, usage } from './options.mjs';
import { racesFor } from './races.mjs';
import { budgetReport, raceReport } from './report.mjs';
import { startNodeServer, startServer } from './server.mjs';
import { concurrency, pageBytes } from './workload.mjs';

const run = promisify(execFile);
const printed = [];
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted.abort());

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await bench(options);
} catch (error) {
  if (interrupted.signal.aborted) console.error('\ninterrupted');
  else console.error(error.message);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}

async function bench(options) {
  checkInstallation();
  const races = racesFor(options);
  const server = await startServer();
  const results = new Map();
  try {
    print(introduction(options, server));
    for (const one of races) {
      results.set(one.name, await resultsOf(one, server));
      print(raceReport(one, results.get(one.name)));
    }
  } finally {
    progress('');
    await server.stop();
  }
  if (!options.quick && options.only === undefined) print(await gateReport());
  print(budgetReport(judge(results)));
  if ([...results.values()].some(hasFailure)) process.exitCode = 1;
  if (options.quick || options.only !== undefined) return;
  writeFileSync(new URL('RESULTS.md', import.meta.url), `${printed.join('\n\n')}\n`);
}

/** The gate alone, in a process of its own that can collect garbage before it looks at memory. */
async function gateReport() {
  progress('the gate alone');
  const gate = fileURLToPath(new URL('gate.mjs', import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', gate], { signal: interrupted.signal });
  return `## The gate alone\n\n${stdout.trim()}`;
}

/** Of a race at a server of its own, or at that of pages. */
async function resultsOf(one, pages) {
  const { signal } = interrupted;
  let own;
  try {
    await checkMachine(one.needs ?? {});
    if (one.server !== undefined) own = await startNodeServer(one.server);
    return await race(one, (own ?? pages).origin, { signal, progress });
  } catch (error) {
    signal.throwIfAborted();
    return notRun(one, error);
  } finally {
    await own?.stop();
  }
}

function introduction(options, server) {
  const lines = [
    '# Results',
    `Pages of ${pageBytes} bytes, ${concurrency} at a time, every URL asked once, where a race says nothing else.`,
    ...environment(server),
  ];
  if (options.quick) lines.push('A quick run: it shows that everything works; its figures mean nothing.');
  return lines.join('\n\n');
}

function print(text) {
  progress('');
  printed.push(text);
  console.log(`${text}\n`);
}

function hasFailure(race) {
  return [...race.values()].some(({ failure }) => failure !== undefined);
}

/** Where it is, in one line of the terminal that the next takes over. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
