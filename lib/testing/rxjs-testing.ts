import type { TestScheduler } from 'rxjs/testing';

export type { RunHelpers } from 'rxjs/testing';
export { TestScheduler } from 'rxjs/testing';

/** RxJS does not export this type by name. */
export type ColdObservable<T> = ReturnType<typeof TestScheduler.prototype.createColdObservable<T>>;
