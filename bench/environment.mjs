import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

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
