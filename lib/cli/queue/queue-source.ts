import { filter, tap, type Observable } from 'rxjs';
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

  results(options: FetchOptions<unknown>): Observable<FetchResult<unknown>> {
    const { drain, signal } = options;
    return fetchQueue(this.queue, { ...options, follow: this.isFollowing }).pipe(
      filter((result) => result.ok || result.error.kind !== 'cancelled'),
      tap({ complete: () => (this.isAtEnd = drain?.aborted !== true && signal?.aborted !== true) }),
    );
  }
}
