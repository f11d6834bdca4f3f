import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, vi } from 'vitest';

/** The module whose functions the specs have called on another thread. */
export const jobs = fileURLToPath(new URL('jobs.mjs', import.meta.url));

const alive = new Set<Worker>();
let made = 0;
const count = (worker: Worker): void => {
  made++;
  alive.add(worker);
  worker.once('exit', () => alive.delete(worker));
};

/** How many threads there are. */
export const threadCount = (): number => alive.size;

/** How many threads have been started so far. */
export const threadsMade = (): number => made;

/** To be called at the top of a suite: it fails when a thread outlives it. */
export function leavesNoThread(): void {
  beforeAll(() => {
    process.on('worker', count);
  });
  afterAll(async () => {
    await noThreads();
    process.off('worker', count);
  });
}

/** Waits until every thread has ended. */
export async function noThreads(): Promise<void> {
  await vi.waitFor(() => expect(threadCount()).toBe(0), { timeout: 3_000, interval: 5 });
}

/** Shared with jobs that block: how many have begun, and whether they may go on. */
export class Board {
  readonly cells = new Int32Array(new SharedArrayBuffer(8));

  get begun(): number {
    return Atomics.load(this.cells, 0);
  }

  /** Waits until so many jobs have begun. */
  async whenBegun(jobsBegun: number): Promise<void> {
    await vi.waitFor(() => expect(this.begun).toBe(jobsBegun), { timeout: 5_000, interval: 5 });
  }

  open(): void {
    Atomics.store(this.cells, 1, 1);
    Atomics.notify(this.cells, 1);
  }
}
