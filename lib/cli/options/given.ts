import { longName } from './option.js';
import type { OptionKey } from './table.js';

/** An option as it was written somewhere: its texts, one for each time; a flag has none. */
export interface Given {
  readonly texts: readonly string[];
  /** How a sentence names it: `--timeout`, or `"timeout" in sluice.json`. */
  readonly called: string;
}

/** What was written, by option. */
export type AllGiven = ReadonlyMap<OptionKey, Given>;

/** Options of which the command line takes one: what it says there drops what the file says of the other. */
export const rivals: readonly (readonly [OptionKey, OptionKey])[] = [
  ['quiet', 'verbose'],
  ['failFast', 'failOver'],
];

/** The command line's options, and of the file's those that it does not speak about. */
export function merged(line: AllGiven, file: AllGiven): AllGiven {
  const dropped = new Set(
    rivals.flatMap(([one, other]) => (line.has(one) ? [other] : line.has(other) ? [one] : [])),
  );
  return new Map([...[...file].filter(([key]) => !dropped.has(key)), ...line]);
}

/** How messages name an option, whoever gave it. */
export function nameIn(given: AllGiven, key: OptionKey): string {
  return given.get(key)?.called ?? longName(key);
}
