import { threadFile } from './run-job.js';
import type { WorkerPool } from './worker-pool.js';

// What a Piscina that others use, too, needs of whoever ends a thread of it: it does neither by itself.

/**
 * Has jobs that wait done, when a thread has ended that would have taken them. Beyond its `minThreads` a Piscina
 * starts no other in its place until a job is given or done, and with none left they would wait for ever.
 */
export function wake(pool: WorkerPool): void {
  queueMicrotask(() => {
    // later: who ends one job of many may be about to end those that wait, too
    if (pool.queueSize === 0 || pool.idleThreads > 0 || pool.threads.length >= pool.maxThreads) return;
    const controller = new AbortController();
    pool.run({}, { filename: threadFile(), signal: controller.signal }).catch(() => undefined);
    controller.abort(); // to have asked is enough: the thread is on its way
  });
}

/** How many turns of the event loop a pool is watched for, yet. */
const watches = new WeakMap<WorkerPool, { turns: number }>();

/**
 * Ignores answers of jobs that have just been aborted. A Piscina takes one that was on its way for an error of its
 * own, and emits that: without a listener it would end the program.
 */
export function ignoreLateAnswers(pool: WorkerPool): void {
  const watched = watches.get(pool);
  const watch = watched ?? { turns: 0 };
  watch.turns = 3; // it arrives in the first; the others are for aborts in the midst of a turn
  if (watched) return;
  watches.set(pool, watch);
  const onError = (error: Error): void => {
    if (error.message.startsWith('Unexpected message from Worker')) return;
    if (pool.listenerCount('error') === 1) throw error; // as if nobody listened
  };
  const turn = (): void => {
    if (watch.turns-- > 0) {
      setImmediate(turn);
      return;
    }
    watches.delete(pool);
    pool.off('error', onError);
  };
  pool.on('error', onError);
  turn();
}
