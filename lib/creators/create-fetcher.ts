import { defer, of, type Observable, type OperatorFunction } from 'rxjs';
import type { Page } from '../model/page.js';
import type { FetchInput } from '../model/request.js';
import type { FetchResult } from '../model/result.js';
import { Admission } from '../pipeline/admission.js';
import type { Job } from '../pipeline/job.js';
import { onePage } from '../pipeline/one-page.js';
import { checkOptions, queueRules, type OptionRule } from '../pipeline/option-rules.js';
import type { FetchOptions, QueueBound } from '../pipeline/options.js';
import { pulledSource, type Pullable } from '../pipeline/pulled-source.js';
import { pushedSource } from '../pipeline/pushed-source.js';
import type { RetryOptions } from '../pipeline/retry.js';
import { pipeline } from '../pipeline/run.js';
import { settingsOf } from '../pipeline/settings.js';
import type { OpenSource } from '../pipeline/source.js';

const sharedOptions = [
  'concurrency',
  'perHost',
  'rate',
  'circuit',
  'lookahead',
  'transport',
  'scheduler',
] as const satisfies (keyof FetchOptions)[];

/** Options that all pipelines of a fetcher have in common. */
type SharedOption = (typeof sharedOptions)[number];

/** Options of one pipeline of a fetcher; what they leave out is as `createFetcher` was told. */
export interface FetcherCallOptions<T = Page, C = unknown> extends Omit<
  FetchOptions<T, C>,
  SharedOption | 'retry'
> {
  /** As {@link FetchOptions.retry}; the budget is the fetcher's, as its hosts are. @default the fetcher's */
  readonly retry?: number | false | Omit<RetryOptions, 'budget'>;
}

/** Pipelines that share one gate and one transport. */
export interface Fetcher {
  /** Does what the function `fetchFrom` does, within the limits of the fetcher. */
  fetchFrom<T = Page, C = unknown>(
    inputs: Pullable<FetchInput<C>>,
    options?: FetcherCallOptions<T, C>,
  ): Observable<FetchResult<T, C>>;
  /** Does what the operator `fetchEach` does, within the limits of the fetcher. */
  fetchEach<T = Page, C = unknown>(
    options?: FetcherCallOptions<T, NoInfer<C>> & QueueBound,
  ): OperatorFunction<FetchInput<C>, FetchResult<T, C>>;
  /** Does what the function `fetchPage` does, within the limits of the fetcher. */
  fetchPage<T = Page, C = unknown>(input: FetchInput<C>, options?: FetcherCallOptions<T, C>): Observable<T>;
  /** Ends all that is under way, each pulled input with a `cancelled` record. What is subscribed later errors. */
  close(): void;
}

/**
 * Makes pipelines that share their limits: however many are subscribed, no more than `concurrency` attempts
 * are under way, and free slots go to the pipelines in turn.
 *
 * ```
 * attempt at a               -(p|)        at concurrency 1
 * attempt at b                  --(p|)
 * attempt at c                --(p|)
 * fetcher.fetchFrom([a, b])  -a---(b|)
 * fetcher.fetchFrom([c])     ---(c|)
 * ```
 *
 * The end of an array is seen at once, that of a generator or a stream when there is a slot to ask it for more.
 *
 * @throws TypeError for a wrong option, when called; its methods do, too, for an option that is shared
 * @example
 * const fetcher = createFetcher({ concurrency: 50, timeout: 2_000 });
 * fetcher.fetchPage('http://localhost/price').subscribe((page) => console.log(page.json()));
 */
export function createFetcher(options: Omit<FetchOptions, 'project'> = {}): Fetcher {
  checkOptions('createFetcher', options);
  if ('project' in options) throw new TypeError('createFetcher: give `project` to each pipeline');
  const shared: FetchOptions = options;
  const admission = new Admission<Job>(settingsOf(shared));
  let closed = false;

  function start<T, C>(
    caller: string,
    own: FetcherCallOptions<T, C>,
    source: OpenSource<FetchInput<C>, Job<C>>,
  ): Observable<FetchResult<T, C>> {
    const settings = settingsOf<T, C>({ ...(shared as FetchOptions<T, C>), ...own });
    const signals = [shared.signal, own.signal].filter((signal) => signal !== undefined);
    // the gate does not look at a job's context, so one gate serves pipelines of any context
    const results$ = pipeline({ ...settings, signals }, source, admission as unknown as Admission<Job<C>>);
    return defer(() => {
      if (closed) throw new Error(`${caller}: this fetcher is closed; make another with createFetcher()`);
      return results$;
    });
  }

  function check(caller: string, own: object, also?: Readonly<Record<string, OptionRule>>): void {
    checkOptions(caller, own, also);
    const taken = sharedOptions.find((name) => name in own);
    if (taken)
      throw new TypeError(`${caller}: \`${taken}\` is shared by all pipelines: give it to createFetcher`);
  }

  return {
    fetchFrom(inputs, own = {}) {
      check('fetcher.fetchFrom', own);
      return start('fetcher.fetchFrom', own, pulledSource('fetcher.fetchFrom', inputs));
    },
    fetchEach(own = {}) {
      check('fetcher.fetchEach', own, queueRules);
      return (source) => start('fetcher.fetchEach', own, pushedSource(source, own));
    },
    fetchPage(input, own = {}) {
      check('fetcher.fetchPage', own);
      return start('fetcher.fetchPage', own, pushedSource(of(input))).pipe(onePage());
    },
    close() {
      closed = true;
      admission.abort({ by: 'fetcher.close()' });
    },
  };
}
