import { fork } from 'node:child_process';
import { contestants } from './races.mjs';
import { concurrency } from './workload.mjs';

/** A contestant that takes longer than this hangs. */
const longest = 15 * 60_000;

/**
 * Runs a race: all entries in each round, the first one moving to the end after it, so that none profits from
 * its place.
 * @returns {Promise<Map<string, object>>} by entry's name, the medians over the rounds or `{ failure }`
 */
export async function race({ name, rounds, entries }, origin, { signal, progress }) {
  const runs = new Map(entries.map((entry) => [entry.name, []]));
  const failures = new Map();
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < entries.length; place++) {
      const entry = entries[(round + place) % entries.length];
      if (failures.has(entry.name)) continue;
      progress(`${name}, round ${round + 1} of ${rounds}: ${entry.name}`);
      try {
        runs.get(entry.name).push(await measure(entry, origin, signal));
      } catch (error) {
        signal.throwIfAborted();
        failures.set(entry.name, error.message);
      }
    }
  }
  return new Map(
    entries.map((entry) => {
      const failure = failures.get(entry.name);
      return [entry.name, failure === undefined ? summary(runs.get(entry.name)) : { failure }];
    }),
  );
}

/** The results of a race that cannot be run. */
export function notRun({ entries }, { message }) {
  return new Map(entries.map(({ name }) => [name, { failure: message }]));
}

/** One entry in a fresh process. */
function measure({ contestant, ...given }, origin, signal) {
  const job = {
    file: contestants[contestant].file,
    origin,
    workload: given.workload ?? 'page',
    limits: { concurrency, ...given.limits },
    count: given.count,
    warmUp: given.warmUp,
    watchFrom: given.watchFrom,
  };
  const child = fork(new URL('child.mjs', import.meta.url), [JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    timeout: longest,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4_000)));
  let result;
  child.once('message', (message) => (result = message));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // 'close', not 'exit': by then all it said has arrived
    child.once('close', (code, killedBy) => {
      if (result) resolve(result);
      else reject(new Error(reasonOf(said) ?? `it ended with ${code ?? killedBy}`));
    });
  });
}

/** The line of a stack trace that says what happened. */
function reasonOf(said) {
  return said.split('\n').find((line) => /^\w*Error\b/.test(line));
}

function summary(runs) {
  const rates = runs.map(({ rate }) => rate);
  const medians = Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]);
  return { ...Object.fromEntries(medians), slowest: Math.min(...rates), fastest: Math.max(...rates), runs };
}

/**
 * How much larger a figure of one entry is than that of another: the median over the rounds of the ratio within each,
 * because a machine that is slow for a while is slow for both.
 */
export function ratioOf(one, other, key) {
  const rounds = Math.min(one?.runs?.length ?? 0, other?.runs?.length ?? 0);
  if (rounds === 0) return undefined;
  return median(Array.from({ length: rounds }, (_, round) => one.runs[round][key] / other.runs[round][key]));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
