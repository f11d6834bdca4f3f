import { nearestOf } from '../../pipeline/nearest-name.js';

/** The long name that was meant: the only one that begins so, else the one that looks most like it. */
export function meantOf(name: string, names: readonly string[]): string | undefined {
  const begun = names.filter((one) => one.startsWith(name.toLowerCase()));
  return begun.length === 1 ? begun[0] : nearestOf(name, names);
}
