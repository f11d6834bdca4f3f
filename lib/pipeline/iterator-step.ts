/** Instead of an input when there is none any more. */
export const end = Symbol('end');

/** What an iterator has given, read as `for of` reads it: what throws here is the source's own error. */
export function inputOf<I>(step: IteratorResult<I, unknown>): I | typeof end {
  if (Object(step) !== step) throw new TypeError(`The iterator returned a ${typeof step}, not an object`);
  return step.done === true ? end : step.value;
}
