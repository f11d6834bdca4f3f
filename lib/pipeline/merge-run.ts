import { asyncScheduler, from, Observable, takeWhile, type ObservableInput, type Subscriber } from 'rxjs';
import type { HostLimits } from '../gate/host.js';
import { Admission } from './admission.js';
import type { Applicant } from './applicant.js';
import { PulledMerge, runOnSubscribe } from './pulled-merge.js';
import type { OpenSource } from './source.js';

/** An input of any kind on its way through the pulled mergeMap. */
export class Item<I> {
  readonly notBefore = 0;
  readonly deadline = Infinity;
  readonly host = '';
  readonly starts = 0;
  atGate = false;
  probe = false;
  delay = undefined;
  watched = undefined;

  constructor(
    readonly index: number,
    readonly input: I,
    readonly owner: Applicant<Item<I>>,
  ) {}
}

const noLimits: HostLimits = {
  concurrency: Infinity,
  delay: 0,
  rate: undefined,
  circuit: undefined,
  retryShare: 0,
};

/** What is done with each input. */
export type MergeProject<I, T> = (input: I, index: number) => ObservableInput<T>;

/** The pulled mergeMap, for anything: errors are errors here, not records. */
export function pulledMergeMap<I, T>(
  openSource: OpenSource<I, Item<I>>,
  project: MergeProject<I, T>,
  concurrency: number | Observable<number>,
): Observable<T> {
  const options = {
    concurrency,
    lookahead: 0,
    scheduler: asyncScheduler,
    rate: undefined,
    perHost: noLimits,
  };
  return runOnSubscribe(
    openSource,
    (subscriber) => new MergeRun(new Admission(options), subscriber, project),
  );
}

class MergeRun<I, T> extends PulledMerge<I, Item<I>, T> {
  readonly waiting = 0;
  readonly held = 0;
  protected readonly atGate = 0; // nothing keeps an Item waiting
  private pulled = 0;
  private completed = 0;

  constructor(
    admission: Admission<Item<I>>,
    subscriber: Subscriber<T>,
    private readonly project: MergeProject<I, T>,
  ) {
    super(admission, subscriber);
  }

  abort(): void {
    this.subscriber.complete();
  }

  expire(): void {
    // an Item has no deadline
  }

  refuse(): void {
    // and its host no circuit
  }

  untried(): undefined {
    return undefined;
  }

  shed(): void {
    // and its source no queue
  }

  protected get unsettled(): number {
    return this.pulled - this.completed;
  }

  protected admit(input: I): Item<I> {
    return new Item(this.pulled++, input, this);
  }

  protected slotFor(item: Item<I>): Observable<T> {
    const { input, index } = item;
    return new Observable((slot) =>
      from(this.project(input, index))
        .pipe(
          takeWhile((value) => {
            slot.next(value); // not below: it would be looked at the next value only, which was read for nothing
            return !slot.closed;
          }),
        )
        .subscribe({
          error: (error: unknown) => slot.error(error),
          complete: () => {
            this.underWay--;
            this.completed++;
            slot.complete();
            this.vacate(item);
          },
        }),
    );
  }

  protected received(value: T): void {
    this.subscriber.next(value);
  }

  protected vacateAll(): void {
    // its admission is its own: nobody is left who could use them
  }
}
