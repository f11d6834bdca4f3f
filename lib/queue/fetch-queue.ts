import { Observable } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchResult } from '../model/result.js';
import { checkOptions } from '../pipeline/option-rules.js';
import type { FetchOptions } from '../pipeline/options.js';
import { QueueRun } from './queue-run.js';
import type { RequestQueue } from './request-queue.js';

/** As the options of `fetchFrom`, and one more. */
export interface FetchQueueOptions<T = Page, C = unknown> extends FetchOptions<T, C> {
  /** Goes on when all inputs have their record, and waits for more. @default false */
  readonly follow?: boolean;
}

/**
 * Fetches what a queue holds, on as many machines as run this: `fetchFrom` over leases.
 *
 * ```
 * queue         a b c        leased as slots are free
 * attempt at a  --(p|)
 * attempt at b  ----(p|)
 * attempt at c    ---#
 * fetchQueue    --a-b(C|)    each once it is stored; what another worker does is told there
 * ```
 *
 * A record is emitted when it is stored under its input's key; then the lease is given up. What is emitted, and what
 * the `settle` event tells, is what was stored: a failure of kind `too-large` where the queue's server takes no
 * message as large as the record. `index` is the input's position in the queue, in records and events. A lease is kept up while its input is fetched, waits for a retry, or
 * stands in line for its host.
 *
 * Completes when all inputs of the queue have their record, those of other workers included. With `drain` it leases
 * no more and finishes what it holds. With `signal` what it holds becomes `cancelled` records, which are emitted but not
 * stored: their inputs, as those of an unsubscribed run, go back to the queue at once. Errors when the queue cannot
 * be read or written, with all leases given back.
 *
 * @throws TypeError for a wrong option, when called
 * @example
 * import { fetchQueue, sqliteQueue } from 'sluice/sqlite';
 *
 * const queue = await sqliteQueue('pages.db');
 * await queue.enqueue(urls);
 * await lastValueFrom(fetchQueue(queue, { concurrency: 64 }), { defaultValue: undefined });
 * for await (const result of queue.results()) console.log(result.index, result.ok);
 * await queue.close();
 */
export function fetchQueue<T = Page, C = unknown>(
  queue: RequestQueue<T, C>,
  options: FetchQueueOptions<T, C> = {},
): Observable<FetchResult<T, C>> {
  const { follow = false, ...fetchOptions } = options;
  checkOptions('fetchQueue', fetchOptions);
  if (typeof follow !== 'boolean') {
    throw new TypeError(`fetchQueue: expected \`follow\` to be true or false, got ${String(follow)}`);
  }
  return new Observable((subscriber) => {
    const run = new QueueRun(queue, fetchOptions, follow, subscriber);
    run.begin();
    return () => run.stop();
  });
}
