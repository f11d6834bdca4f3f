import { toAsyncIterable } from '../../creators/async-iterable.js';
import type { FetchResult } from '../../model/result.js';
import type { FetchOptions } from '../../pipeline/options.js';
import { fetchQueue } from '../../queue/fetch-queue.js';
import type { RequestQueue } from '../../queue/request-queue.js';
import type { RunSource } from '../run-source.js';

/** The records of what this worker leases. What is cut off goes back, and is nobody's record yet. */
export class QueueSource implements RunSource {
  readonly whenCut = 'go back to the queue';
  isAtEnd = false;

  constructor(
    private readonly queue: RequestQueue<unknown>,
    private readonly isFollowing: boolean,
  ) {}

  async *results(options: FetchOptions<unknown>): AsyncGenerator<FetchResult<unknown>, void> {
    const results$ = fetchQueue(this.queue, { ...options, follow: this.isFollowing });
    for await (const result of toAsyncIterable(results$)) {
      if (result.ok || result.error.kind !== 'cancelled') yield result;
    }
    this.isAtEnd = options.drain?.aborted !== true && options.signal?.aborted !== true;
  }
}
