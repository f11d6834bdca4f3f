import { TestScheduler } from 'rxjs/testing';
import type { Mark } from './drawing.js';

export type { RunHelpers } from 'rxjs/testing';
export { TestScheduler } from 'rxjs/testing';

/** RxJS does not export this type by name. */
export type ColdObservable<T> = ReturnType<typeof TestScheduler.prototype.createColdObservable<T>>;

/** The marks of a diagram. Only within `TestScheduler.run`: elsewhere RxJS counts ten frames a character. */
export function marksOf(diagram: string): readonly Mark[] {
  return TestScheduler.parseMarbles(diagram, undefined, undefined, false, true).map(
    ({ frame, notification }) => {
      if (notification.kind === 'N') return { frame, mark: String(notification.value) };
      return { frame, mark: notification.kind === 'C' ? '|' : '#' };
    },
  );
}
