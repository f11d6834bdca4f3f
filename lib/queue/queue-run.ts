import { asyncScheduler, interval, Subject, type Subscriber, Subscription } from 'rxjs';
import type { FetchEvent } from '../model/event.js';
import type { FetchRequest } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import type { FetchOptions } from '../pipeline/options.js';
import { pulledSource } from '../pipeline/pulled-source.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';
import { giveBack, LeaseFeed } from './lease-feed.js';
import type { Lease, RequestQueue } from './request-queue.js';

/** One subscription of `fetchQueue`: leases on one side, the pipeline's records on the other. */
export class QueueRun<T, C> {
  private readonly feed: LeaseFeed<T, C>;
  /** Leases of inputs that the pipeline has, by its own count of them. */
  private readonly held = new Map<number, Lease<T, C>>();
  /** A record under the queue's index, made once: events and results hand out the same. */
  private readonly known = new WeakMap<FetchResult<T, C>, FetchResult<T, C>>();
  /** What is told, as it is told: an observer that throws is reported as RxJS does it. */
  private readonly events = new Subject<FetchEvent>();
  /** The end of each input whose record is being stored: it is told when it is known what was. */
  private readonly ends = new Map<FetchResult<T, C>, FetchEvent & { readonly type: 'settle' }>();
  private readonly work = new Subscription();
  private handedOut = 0;
  private storing = 0;
  private isFetched = false;
  private isOver = false;

  constructor(
    private readonly queue: RequestQueue<T, C>,
    private readonly options: FetchOptions<T, C>,
    follow: boolean,
    private readonly subscriber: Subscriber<FetchResult<T, C>>,
  ) {
    const { concurrency } = options;
    this.feed = new LeaseFeed(queue, {
      batch: Math.min(64, typeof concurrency === 'number' ? concurrency : 16),
      follow,
      isIdle: () => this.held.size === 0 && this.storing === 0,
      hasRoom: () => this.storing < 256,
      now: () => (options.scheduler ?? asyncScheduler).now(),
    });
  }

  begin(): void {
    const { queue, options } = this;
    const { scheduler = asyncScheduler, signal, drain } = options;
    for (const end of [signal, drain]) this.onAbort(end, () => this.feed.stop());
    // thrice in a lease's life: one that comes late, or fails, is made up for by the next
    this.work.add(interval(queue.leaseTime / 3, scheduler).subscribe(() => this.keepUp()));
    const { events } = options;
    if (events) this.work.add(this.events.subscribe({ next: (event) => events.next?.(event) }));
    const inputs: AsyncIterable<FetchRequest<C>> = {
      [Symbol.asyncIterator]: () => ({
        next: () => this.nextInput(),
        return: () => {
          this.feed.stop();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const settings = settingsOf<T, C>({
      ...options,
      ...(events && { events: { next: (event) => this.see(event) } }),
    });
    const records = pipeline(settings, pulledSource('fetchQueue', inputs));
    this.work.add(
      records.subscribe({
        next: (result) => this.settle(result),
        error: (error: unknown) => this.fail(error),
        complete: () => {
          this.isFetched = true;
          this.finish();
        },
      }),
    );
  }

  /** Unsubscribed, or at its end: nothing is fetched any more, and what is leased goes back. */
  stop(): void {
    this.isOver = true;
    this.work.unsubscribe();
    this.feed.stop();
    for (const lease of this.held.values()) giveBack(lease);
    this.held.clear();
  }

  /** The next input for the pipeline. */
  private async nextInput(): Promise<IteratorResult<FetchRequest<C>, undefined>> {
    const lease = await this.feed.next();
    if (!lease) return { done: true, value: undefined };
    if (this.isOver) {
      giveBack(lease);
      return { done: true, value: undefined };
    }
    this.held.set(this.handedOut++, lease);
    const { request, invalid } = lease;
    return { done: false, value: invalid === undefined ? request : { ...request, invalid } };
  }

  private settle(result: FetchResult<T, C>): void {
    const lease = this.held.get(result.index);
    if (!lease) return;
    const record = this.under(lease.index, result);
    this.held.delete(result.index);
    if (!result.ok && result.error.kind === 'cancelled') {
      giveBack(lease);
      this.subscriber.next(record);
      this.feed.look();
    } else this.store(lease, record);
  }

  /** Stores a record, then emits what was stored: a queue may not be able to keep it as it is. */
  private store(lease: Lease<T, C>, record: FetchResult<T, C>): void {
    this.storing++;
    lease.complete(record).then(
      (stored) => {
        this.tellEnd(record, stored ?? record);
        if (stored && !this.isOver) this.subscriber.next(stored);
        this.storing--; // not before: somebody may drain in this very call, which must not complete under it
        this.feed.look();
        this.finish();
      },
      (error: unknown) => {
        this.storing--;
        this.fail(error);
      },
    );
  }

  private finish(): void {
    if (this.isOver || !this.isFetched || this.storing > 0) return;
    this.stop();
    this.subscriber.complete();
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    this.stop();
    this.subscriber.error(error);
  }

  private keepUp(): void {
    // a lease that could not be kept up may be another's by now: the first record is the one that counts
    for (const lease of this.held.values()) lease.extend().catch(() => undefined);
    this.feed.keepUp();
  }

  /** Tells an event under the queue's index. */
  private see(event: FetchEvent): void {
    const lease = this.held.get(event.index);
    if (!lease) this.events.next(event);
    else if (event.type !== 'settle') this.events.next({ ...event, index: lease.index });
    else {
      const result = this.under(lease.index, event.result as FetchResult<T, C>);
      const end = { ...event, index: lease.index, result };
      if (!result.ok && result.error.kind === 'cancelled') this.events.next(end);
      else this.ends.set(result, end);
    }
  }

  private tellEnd(record: FetchResult<T, C>, result: FetchResult<T, C>): void {
    const end = this.ends.get(record);
    if (!end) return;
    this.ends.delete(record);
    const { scheduler = asyncScheduler } = this.options;
    this.events.next({ ...end, at: scheduler.now(), result });
  }

  private under(index: number, result: FetchResult<T, C>): FetchResult<T, C> {
    const known = this.known.get(result);
    if (known) return known;
    const record = { ...result, index };
    this.known.set(result, record);
    return record;
  }

  private onAbort(signal: AbortSignal | undefined, react: () => void): void {
    if (!signal) return;
    if (signal.aborted) react();
    signal.addEventListener('abort', react, { once: true });
    this.work.add(() => signal.removeEventListener('abort', react));
  }
}
