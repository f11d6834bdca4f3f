import { nearestOf } from '../pipeline/nearest-name.js';
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

/** @throws TypeError for a name that is none of an option */
export function checkNames(caller: string, options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const nearest = nearestOf(name, names);
    const hint =
      nearest === undefined ? `the options are ${names.join(', ')}` : `did you mean \`${nearest}\`?`;
    throw new TypeError(`${caller}: there is no option \`${name}\`; ${hint}`);
  }
}
