import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { longestTimer } from '../pipeline/alarm.js';
import { received } from '../pipeline/option-rules.js';
import type { StaffOptions } from './options.js';
import { ignoreLateAnswers, wake } from './shared-pool.js';
import type { WorkerPool } from './worker-pool.js';

/** Who does the jobs of a subscription, and what they do. */
export interface Staff {
  readonly file: string;
  readonly name: string;
  readonly concurrency: number;
  /** The pool, made if it has to be. `lost` hears of a thread that failed without a job. */
  open(lost: (error: unknown) => void): Promise<WorkerPool>;
  /** Its subscription has ended, however it did. */
  leave(pool: WorkerPool): void;
  /** Jobs were aborted, and their threads end. */
  aborted(pool: WorkerPool): void;
  /** A job has failed, perhaps because its thread has ended. */
  failed(pool: WorkerPool): void;
}

/** @throws TypeError when it is neither a path nor the URL of a file */
export function fileOf(worker: unknown): string {
  const text = worker instanceof URL ? worker.href : worker;
  if (typeof text === 'string' && text !== '') {
    if (text.startsWith('file:')) return fileURLToPath(text);
    if (!/^[a-z][a-z+.-]+:/i.test(text)) return resolve(text); // one letter is a drive
  }
  throw new TypeError(
    `mapInWorker: expected worker to be the path or file: URL of a module, or a Piscina, got ${received(text)}`,
  );
}

/** Threads that a subscription has for itself. */
export function ownStaff(file: string, options: StaffOptions): Staff {
  const { concurrency = availableParallelism(), name = 'default', idleTimeout = 10_000 } = options;
  return {
    file,
    name,
    concurrency,
    open: async (lost) => {
      const { Piscina } = await import('piscina').catch((cause: unknown) => {
        throw new Error(
          'mapInWorker: piscina could not be loaded; it does the work with threads: npm install piscina',
          { cause },
        );
      });
      const pool = new Piscina({
        minThreads: 0, // else it would start threads again when those of an ended subscription exit
        maxThreads: concurrency,
        idleTimeout: idleTimeout === Infinity ? Infinity : Math.min(idleTimeout, longestTimer),
      });
      return pool.on('error', (cause: Error) => {
        lost(new Error(`mapInWorker: a thread for ${file} died without a job: ${cause.message}`, { cause }));
      });
    },
    leave: (pool) => void pool.destroy(),
    aborted: () => undefined,
    failed: () => undefined, // there are never more jobs than threads: none waits for the thread of another
  };
}

/** A Piscina that is the caller's. */
export function sharedStaff(pool: WorkerPool, options: StaffOptions): Staff {
  const { filename } = pool.options;
  if (filename === null) {
    throw new TypeError('mapInWorker: the Piscina has no `filename`: make it with new Piscina({ filename })');
  }
  if (options.idleTimeout !== undefined) {
    throw new TypeError(
      'mapInWorker: `idleTimeout` is for threads of its own; give it to the Piscina instead',
    );
  }
  return {
    file: filename,
    name: options.name ?? pool.options.name,
    concurrency: options.concurrency ?? pool.maxThreads,
    open: () => Promise.resolve(pool),
    leave: () => undefined,
    aborted: () => {
      ignoreLateAnswers(pool);
      wake(pool);
    },
    failed: wake,
  };
}
