import { map, NEVER, Observable, of, concat, distinctUntilChanged, type Observer } from 'rxjs';
import { Aimd, type AimdBounds, type Sample } from '../gate/aimd.js';

/** What an adaptive limit is fed with: an attempt that has ended, and how many others were under way. */
export interface FedSample extends Sample {
  readonly inFlight: number;
}

/**
 * An Observable of a concurrency that a pipeline feeds with how its attempts went. Each pipeline, or fetcher,
 * finds its own height. Subscribed by anybody else it says its least and no more.
 */
export class AdaptiveConcurrency extends Observable<number> {
  constructor(private readonly bounds: AimdBounds) {
    super((subscriber: Observer<number>) => concat(of(bounds.min), NEVER).subscribe(subscriber));
  }

  /** The limit as the samples make it rise and fall. */
  fedBy(samples$: Observable<FedSample>): Observable<number> {
    return new Observable((subscriber) => {
      const aimd = new Aimd(this.bounds);
      subscriber.next(aimd.limit);
      return samples$
        .pipe(
          map((sample) => aimd.learn(sample, sample.inFlight)),
          distinctUntilChanged(),
        )
        .subscribe(subscriber);
    });
  }
}
