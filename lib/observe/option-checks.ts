import { received } from '../pipeline/option-rules.js';

/** @throws TypeError unless `value` is an integer from `least` up, or Infinity */
export function checkCount(caller: string, name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && value >= least && (Number.isInteger(value) || value === Infinity)) return;
  throw new TypeError(
    `${caller}: expected \`${name}\` to be an integer from ${least} up, got ${received(value)}`,
  );
}
