import { received } from '../pipeline/option-rules.js';

/** @throws TypeError unless `value` is an integer from `least` up, or Infinity where there need be no end */
export function checkCount(
  caller: string,
  name: string,
  value: unknown,
  least: number,
  endless = false,
): void {
  if (
    typeof value === 'number' &&
    value >= least &&
    (Number.isInteger(value) || (endless && value === Infinity))
  ) {
    return;
  }
  throw new TypeError(
    `${caller}: expected \`${name}\` to be an integer from ${least} up, got ${received(value)}`,
  );
}
