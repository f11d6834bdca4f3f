import { Subject, takeUntil, type Observable } from 'rxjs';
import { Fifo } from '../gate/fifo.js';
import type { Page } from '../model/page.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { Hold, under, type Load } from '../pipeline/hold.js';
import { checkOptions } from '../pipeline/option-rules.js';
import type { FetchOptions } from '../pipeline/options.js';
import { pulledSource, type Pullable } from '../pipeline/pulled-source.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';

/**
 * An Observable for `for await`. A pipeline of sluice upstream is slowed by a slow consumer: a record that
 * nobody has taken yet counts like one in flight, so no more than `concurrency` are ever pulled and not taken,
 * beside those that wait for their host or for a retry. Other Observables are queued.
 *
 * ```
 * results$            ---a-bc----d-|
 * for await           ---a----b----c----d----|    a body that takes a while
 * ```
 *
 * Leaving the loop unsubscribes. An error of the Observable is thrown after what came before it was taken.
 *
 * @example
 * const pages$ = fetchFrom(urls).pipe(mapSuccess((page) => page.text()));
 * for await (const result of toAsyncIterable(pages$)) console.log(result.index);
 */
export function toAsyncIterable<T>(results$: Observable<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new ObservableIterator(results$) };
}

/**
 * {@link fetchFrom} for `for await`: pulls on when the loop's body has taken a record.
 *
 * ```
 * iterate([a, b, c])  ---a----b----c----|    a body that takes a while
 * ```
 *
 * Leaving the loop aborts what is in flight. The loop throws only what the iterator of `inputs` throws.
 *
 * @throws TypeError for a wrong option, when called
 * @example
 * for await (const result of iterate(urls, { concurrency: 8 })) console.log(result.index);
 */
export function iterate<T = Page, C = unknown>(
  inputs: Pullable<FetchInput<C>>,
  options: FetchOptions<T, C> = {},
): AsyncIterable<FetchResult<T, C>> {
  checkOptions('iterate', options);
  return toAsyncIterable(pipeline(settingsOf(options), pulledSource('iterate', inputs)));
}

interface Waiting<T> {
  readonly resolve: (step: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One loop over an Observable: what it emits waits here until it is asked for. */
class ObservableIterator<T> extends Hold implements AsyncIterableIterator<T, undefined> {
  private readonly values = new Fifo<T>();
  private readonly asked = new Fifo<Waiting<T>>();
  private readonly left = new Subject<void>();
  private begun = false;
  private end: { readonly error?: unknown } | undefined;

  constructor(private readonly source: Observable<T>) {
    super();
  }

  /** What waits for its host or for a retry leaves room: a slow host must not hold up the loop. */
  hasRoom({ underWay, atGate, concurrency }: Load): boolean {
    return this.values.size + underWay - atGate < concurrency;
  }

  override mayStart(load: Load): boolean {
    return this.hasRoom(load);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      if (!this.begun && !this.end) this.begin();
      this.serve();
      this.roomMade();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.values.remove(() => true);
    this.close({});
    this.left.next();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private begin(): void {
    this.begun = true;
    // takeUntil, not a subscription kept: somebody may leave in this very call
    this.source.pipe(under(this), takeUntil(this.left)).subscribe({
      next: (value) => {
        this.values.push(value);
        this.serve();
      },
      error: (error: unknown) => {
        this.close({ error });
      },
      complete: () => {
        this.close({});
      },
    });
  }

  private close(end: { readonly error?: unknown }): void {
    this.end ??= end;
    this.serve();
  }

  /** Gives to those who asked what there is to give. */
  private serve(): void {
    while (this.asked.size > 0 && (this.values.size > 0 || this.end)) {
      const { resolve, reject } = this.asked.shift() as Waiting<T>;
      if (this.values.size > 0) {
        resolve({ done: false, value: this.values.shift() as T });
      } else if (this.end && 'error' in this.end) {
        const { error } = this.end;
        this.end = {}; // thrown once; after that the loop is over
        reject(error);
      } else resolve({ done: true, value: undefined });
    }
  }
}
