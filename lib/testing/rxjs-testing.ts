import { TestScheduler } from 'rxjs/testing';
import { received } from '../pipeline/option-rules.js';
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

/**
 * What RxJS takes without a word, and for something else than was meant.
 * @throws TypeError in a sentence
 */
export function checkDiagram(diagram: unknown, what: string): asserts diagram is string {
  if (typeof diagram !== 'string') {
    throw new TypeError(`Expected ${what} to be a diagram, such as '--a-|', got ${received(diagram)}`);
  }
  const brackets = diagram.replaceAll(/[^()]/g, '');
  if (brackets.replaceAll('()', '') !== '') {
    throw new TypeError(`A group is not closed, or not opened, in \`${diagram}\`, ${what}`);
  }
  const glued = /(?<=[^\s.\d])\d[\d.]*(?:ms|s|m)(?![a-z])|(?<!\S)\d[\d.]*(?:ms|s|m)(?=[^\sa-z])/;
  const [time] = glued.exec(diagram) ?? [];
  if (time !== undefined) {
    throw new TypeError(`A time needs a space on both sides: \`${time}\` in \`${diagram}\`, ${what}`);
  }
}
