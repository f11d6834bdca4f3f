import {
  catchError,
  concat,
  defer,
  EMPTY,
  mergeMap,
  throwError,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

/**
 * `mergeMap` for records: an error of the source waits until what is under way has come out, as a pipeline's own
 * does. mergeMap alone would let it overtake them, and those records would be lost.
 */
export function mapResults<A, B>(change: (result: A) => Observable<B>): OperatorFunction<A, B> {
  return (source) =>
    defer(() => {
      let failed: { readonly error: unknown } | undefined;
      const changed$ = source.pipe(
        catchError((error: unknown) => {
          failed = { error };
          return EMPTY;
        }),
        mergeMap(change),
      );
      return concat(
        changed$,
        defer(() => {
          const { error } = failed ?? {};
          return failed ? throwError(() => error) : EMPTY;
        }),
      );
    });
}
