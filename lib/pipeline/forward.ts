import {
  from,
  Observable,
  takeWhile,
  throwError,
  type ObservableInput,
  type Subscriber,
  type Subscription,
} from 'rxjs';

/** Hands on all that comes of a source. What emits on and on in this very call is stopped once nobody listens. */
export function forward<T>(
  source: ObservableInput<T>,
  to: Subscriber<T>,
  complete = (): void => {
    to.complete();
  },
): Subscription {
  return from(source)
    .pipe(takeWhile(() => !to.closed))
    .subscribe({
      next: (value) => {
        to.next(value);
      },
      error: (error: unknown) => {
        to.error(error);
      },
      complete,
    });
}

/**
 * What `open` returns, for strangers' code: what it throws is an error, and what its teardown throws is told as
 * RxJS tells what nobody handles. RxJS alone would hand that to whoever happens to unsubscribe, which costs a record.
 */
export function guarded<T>(open: () => ObservableInput<T>): Observable<T> {
  return new Observable((subscriber) => {
    const inner = forward(open(), subscriber);
    return () => {
      try {
        inner.unsubscribe();
      } catch (error) {
        throwError(() => error).subscribe();
      }
    };
  });
}
