import { inspect, types } from 'node:util';
import type { Job } from './job.js';

/** What thread.mjs throws. */
type Thrown =
  | { readonly sluice: 'threw'; readonly thrown: unknown; readonly own?: Readonly<Record<string, unknown>> }
  | { readonly sluice: 'no-file' }
  | { readonly sluice: 'no-function'; readonly exported: readonly string[] };

/** The error of a job, from what Piscina rejected with. */
export function explained(error: unknown, job: Job): unknown {
  if (isThrown(error)) return rebuilt(error, job);
  return new Error(`mapInWorker: ${reasonOf(error, job)}`, { cause: error });
}

function isThrown(error: unknown): error is Thrown {
  return typeof error === 'object' && error !== null && 'sluice' in error;
}

function rebuilt(error: Thrown, { file, name }: Job): unknown {
  switch (error.sluice) {
    case 'threw':
      return types.isNativeError(error.thrown) ? withOwn(error.thrown, error.own ?? {}) : error.thrown;
    case 'no-file':
      return new Error(`mapInWorker: there is no file ${file}`);
    case 'no-function': {
      const what = name === 'default' ? 'default export that is a function' : `function \`${name}\``;
      const others = error.exported.length > 0 ? error.exported.join(', ') : 'nothing';
      return new Error(`mapInWorker: ${file} has no ${what}; it exports ${others}`);
    }
  }
}

/** The error as it was thrown: its name, its code and the like. */
function withOwn(error: Error, own: Readonly<Record<string, unknown>>): Error {
  for (const [key, value] of Object.entries(own)) {
    if (Reflect.get(error, key) === value) continue;
    Object.defineProperty(error, key, {
      value,
      configurable: true,
      writable: true,
      enumerable: key !== 'name',
    });
  }
  return error;
}

/** Why a job has no result, where it was not its function that said so. */
function reasonOf(error: unknown, { file }: Job): string {
  if (error instanceof DOMException && error.name === 'DataCloneError') {
    return `a value cannot be handed to ${file}: ${error.message}`;
  }
  if (!(error instanceof Error)) {
    // a DataCloneError, of which no more than this arrives when it is what a thread died of
    return `what ${file} returned cannot be cloned, or its thread died of what is no error: ${inspect(error)}`;
  }
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_TRANSFER_OBJECT') {
    return `\`transfer\` named something for ${file} that cannot be moved: ${message}`;
  }
  const exit = /^worker exited with code: (\S+)$/.exec(message);
  if (exit) return `the thread of ${file} exited with code ${exit[1]} before its job was done`;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return `the thread of ${file} ran out of memory: ${message}`;
  }
  if (/^Task queue is at limit|^No task queue available/.test(message)) {
    return 'the queue of the Piscina is full: raise its `maxQueue`, or lower `concurrency`';
  }
  if (error.name === 'AbortError' || message === 'Terminating worker thread') {
    return `the Piscina was closed or destroyed before ${file} was done`;
  }
  return `the thread of ${file} died of ${error.name}: ${message}`;
}
