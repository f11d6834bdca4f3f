import { Observable, type OperatorFunction } from 'rxjs';
import { checkWorkerOptions } from '../pipeline/option-rules.js';
import type { WorkerOptions } from './options.js';
import { fileOf, ownStaff, sharedStaff } from './staff.js';
import { isWorkerPool, type WorkerPool } from './worker-pool.js';
import { WorkerRun } from './worker-run.js';

/**
 * Hands each value to a function of a worker module, on another thread, and emits what it returns or resolves with.
 *
 * ```
 * source       -a-b-c------|      at concurrency 2
 * thread 1       --A  ---C
 * thread 2         -----B
 * mapInWorker  ----A----BC-|      in the order in which they finish
 * ```
 *
 * Given a file it has threads of its own for each subscription: they are started when there is a value for them,
 * and end with the subscription, however that ends. A Piscina is the caller's, shared and never destroyed.
 *
 * A pipeline of sluice upstream is slowed by slow workers: a value that is queued or under way here counts against
 * the pull, so no more are ever pulled and not emitted than the `concurrency` of both together. Other Observables
 * cannot be slowed: what they give too fast is queued, without a bound.
 *
 * Errors like mergeMap: the first one, be it the function's, the source's or that of a thread that died, ends the
 * jobs that are under way and drops those that are queued. Unsubscribing does the same. A running function is
 * stopped by ending its thread.
 *
 * @param worker path or file: URL of a module, or a Piscina that has a `filename`
 * @throws TypeError for a wrong argument or option, when called
 * @returns an Observable that errors with what the function threw, or with a sentence that names the module: it
 * is not there, it does not export the function, a value cannot be cloned, the thread died
 * @see Twisted's `deferToThread`
 * @example
 * const texts$ = fetchFrom(urls, { project: (page) => page.text() }).pipe(successes(), map(({ value }) => value));
 * const findLinks = new URL('./find-links.mjs', import.meta.url);
 * texts$.pipe(mapInWorker<string, string[]>(findLinks)).subscribe(console.log);
 */
export function mapInWorker<I = unknown, O = unknown>(
  worker: string | URL | WorkerPool,
  options: WorkerOptions<I> = {},
): OperatorFunction<I, O> {
  checkWorkerOptions('mapInWorker', options);
  const staff = isWorkerPool(worker) ? sharedStaff(worker, options) : ownStaff(fileOf(worker), options);
  return (source) =>
    new Observable((subscriber) => {
      const run = new WorkerRun<I, O>(subscriber, staff, options.transfer);
      subscriber.add(() => {
        run.close();
      }); // before it begins, as it may end in this very call
      run.begin(source);
    });
}
