import { from, Observable, takeWhile, throwError, type ObservableInput } from 'rxjs';

/**
 * What `open` returns, for strangers' code: what it throws is an error, and what its teardown throws is told as
 * RxJS tells what nobody handles. RxJS alone would hand that to whoever happens to unsubscribe, which costs a record.
 */
export function guarded<T>(open: () => ObservableInput<T>): Observable<T> {
  return new Observable((subscriber) => {
    const inner = from(open())
      .pipe(takeWhile(() => !subscriber.closed)) // who emits on and on in this very call is stopped
      .subscribe({
        next: (value) => {
          subscriber.next(value);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      });
    return () => {
      try {
        inner.unsubscribe();
      } catch (error) {
        throwError(() => error).subscribe();
      }
    };
  });
}
