import { asyncScheduler, from, Observable, takeWhile, type ObservableInput, type Subscriber } from 'rxjs';
import { Admission, type Applicant } from './admission.js';
import { PulledMerge, runOnSubscribe } from './pulled-merge.js';
import type { OpenSource } from './source.js';

/** An input of any kind on its way through the pulled mergeMap. */
export class Item<I> {
  readonly notBefore = 0;
  readonly deadline = Infinity;
  atGate = false;

  constructor(
    readonly index: number,
    readonly input: I,
    readonly owner: Applicant<Item<I>>,
  ) {}
}

/** What is done with each input. */
export type MergeProject<I, T> = (input: I, index: number) => ObservableInput<T>;

/** The pulled mergeMap, for anything: errors are errors here, not records. */
export function pulledMergeMap<I, T>(
  openSource: OpenSource<I, Item<I>>,
  project: MergeProject<I, T>,
  concurrency: number | Observable<number>,
): Observable<T> {
  const options = { concurrency, lookahead: 0, scheduler: asyncScheduler };
  return runOnSubscribe(
    openSource,
    (subscriber) => new MergeRun(new Admission(options), subscriber, project),
  );
}

class MergeRun<I, T> extends PulledMerge<I, Item<I>, T> {
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

  protected get unsettled(): number {
    return this.pulled - this.completed;
  }

  protected admit(input: I): Item<I> {
    return new Item(this.pulled++, input, this);
  }

  protected slotFor({ input, index }: Item<I>): Observable<T> {
    return new Observable((slot) =>
      // takeWhile stops what emits on and on in one call once nobody listens
      from(this.project(input, index))
        .pipe(takeWhile(() => !slot.closed))
        .subscribe({
          next: (value) => {
            slot.next(value);
          },
          error: (error: unknown) => {
            slot.error(error);
          },
          complete: () => {
            this.underWay--;
            this.completed++;
            slot.complete();
            this.vacate();
          },
        }),
    );
  }

  protected received(value: T): void {
    this.subscriber.next(value);
  }

  protected vacateAll(): void {
    for (; this.underWay > 0; this.underWay--) this.admission.release();
  }
}
