import { randomBytes } from 'node:crypto';

/** What every contestant gets to do where the entry does not say otherwise. */
export const concurrency = 64;
export const pageBytes = 1024;
export const hostCount = 1_000;

/** Where the server of slow pages listens; see node-server.mjs. */
export const slowAddresses = Array.from({ length: 16 }, (_, i) => `127.0.0.${i + 1}`);
/** How long it takes, in ms. */
export const slowness = 1_000;

/** A flaky page answers 503 so often before it succeeds; every tenth is one. */
export const flakyFailures = 2;
export const flakyEvery = 10;

/** Every host another address of this machine; no two in a row are asked at the same one. */
function hosts(origin) {
  const { port } = new URL(origin);
  const origins = Array.from(
    { length: hostCount },
    (_, host) => `http://127.0.${1 + Math.floor(host / 250)}.${1 + (host % 250)}:${port}`,
  );
  return (i) => `${origins[i % hostCount]}/page?i=${i}`;
}

function slow(origin) {
  const { port } = new URL(origin);
  return (i) => `http://${slowAddresses[i % slowAddresses.length]}:${port}/page?i=${i}`;
}

/** The server counts by URL, so each use of the workload has URLs of its own. */
function flaky(origin) {
  const run = randomBytes(6).toString('hex');
  return (i) => `${origin}/page?run=${run}&i=${i}`;
}

const workloads = { page: (origin) => (i) => `${origin}/page?i=${i}`, hosts, slow, flaky };

/**
 * Distinct URLs of the same page, made as they are asked for.
 * @param {string} workload which URLs; a key of `workloads`
 * @param {(pulled: number) => void} [onPull] told how many were pulled, before each
 */
export function* urls(workload, origin, count, onPull) {
  const urlOf = workloads[workload](origin);
  for (let i = 0; i < count; i++) {
    onPull?.(i);
    yield urlOf(i);
  }
}

/** What a contestant hands back: how many pages it got and how long they were. */
export function tally(bodies) {
  let bytes = 0;
  for (const body of bodies) bytes += body.byteLength;
  return { pages: bodies.length, bytes };
}

/** The same of records that are looked at and let go. */
export function tallyStream(results$) {
  return new Promise((resolve, reject) => {
    let pages = 0;
    let bytes = 0;
    results$.subscribe({
      next: (result) => {
        if (!result.ok) return;
        pages++;
        bytes += result.value.body.byteLength;
      },
      error: reject,
      complete: () => resolve({ pages, bytes }),
    });
  });
}
