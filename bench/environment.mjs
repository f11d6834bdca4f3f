import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { whole } from './table.mjs';

const here = createRequire(import.meta.url);
const library = createRequire(new URL('../dist/esm/index.js', import.meta.url));

/**
 * That the library is built, and that contestants and library share one rxjs and one undici.
 * @throws Error with a sentence for the reader
 */
export function checkInstallation() {
  try {
    library.resolve('./index.js');
  } catch {
    throw new Error('The library is not built: run `npm run build:js` first, or `npm run bench`, which does');
  }
  for (const name of ['rxjs', 'undici']) {
    if (here.resolve(name) !== library.resolve(name)) {
      throw new Error(`There are two copies of ${name}: remove bench/node_modules/${name}`);
    }
  }
}

/** What a process has open besides its sockets of a race. */
const spareFiles = 100;

/**
 * That this machine can run a race: it has the addresses, and a process may open so many sockets.
 * @throws Error with a sentence for the reader
 */
export async function checkMachine({ address, sockets = 0 }) {
  if (address !== undefined && !(await hasAddress(address))) {
    throw new Error(
      `it needs ${address}; Linux answers at all of 127.0.0.0/8, other systems at 127.0.0.1 alone`,
    );
  }
  const limit = openFiles();
  const files = sockets + spareFiles;
  if (files > limit) {
    throw new Error(
      `it needs ${whole(files)} open files, and a process may have ${whole(limit)}: raise \`ulimit -Hn\``,
    );
  }
}

/** Node has raised its own limit to the highest there is, and hands that on. */
function openFiles() {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Infinity : Number(limit);
}

async function hasAddress(address) {
  const server = createServer();
  try {
    await once(server.listen(0, address), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The line of versions and the line about this machine. */
export function environment(server) {
  const versions = ['rxjs', 'undici', 'p-map', 'got'].map((name) => `${name} ${versionOf(name)}`);
  const model = cpus()[0]?.model.trim() || 'unknown CPU';
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const load = loadavg()[0].toFixed(2);
  return [
    `Versions: sluice ${versionOf('..')}, node ${process.versions.node}, ${versions.join(', ')}.`,
    `Machine: ${model}, ${availableParallelism()} cores, ${memory} GiB, ${process.platform} ${process.arch}; load ${load} when it began.`,
    `Server: ${server.name}, on this machine.`,
  ];
}

function versionOf(name) {
  const file = name === '..' ? new URL('../package.json', import.meta.url) : packageFile(name);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Found by looking where Node looks: not every package exports its package.json. */
function packageFile(name) {
  for (const folder of here.resolve.paths(name)) {
    try {
      const file = `${folder}/${name}/package.json`;
      readFileSync(file);
      return file;
    } catch {
      // not in this folder
    }
  }
  throw new Error(`${name} is not installed: run \`npm --prefix bench install\``);
}
