import { concat, distinctUntilChanged, map, NEVER, Observable, of } from 'rxjs';
import { Aimd, type AimdBounds, type Sample } from '../gate/aimd.js';

/** What an adaptive limit is fed with: an attempt that has ended, and how many others were under way. */
export interface FedSample extends Sample {
  readonly inFlight: number;
}

/** An Observable of a concurrency that a pipeline feeds with how its attempts went. */
export interface AdaptiveConcurrency extends Observable<number> {
  /** The limit as the samples make it rise and fall. Each pipeline, or fetcher, finds its own height. */
  fedBy(samples$: Observable<FedSample>): Observable<number>;
}

/** Subscribed by anybody but a pipeline it says its least and no more. */
export function adaptiveConcurrency(bounds: AimdBounds): AdaptiveConcurrency {
  return Object.assign(concat(of(bounds.min), NEVER), {
    fedBy: (samples$: Observable<FedSample>) =>
      new Observable<number>((subscriber) => {
        const aimd = new Aimd(bounds);
        subscriber.next(aimd.limit);
        return samples$
          .pipe(
            map((sample) => aimd.learn(sample, sample.inFlight)),
            distinctUntilChanged(),
          )
          .subscribe(subscriber);
      }),
  });
}

export function isAdaptive(concurrency: object | number): concurrency is AdaptiveConcurrency {
  return typeof concurrency === 'object' && 'fedBy' in concurrency;
}
