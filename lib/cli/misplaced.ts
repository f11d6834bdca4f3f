import { nameIn, type AllGiven } from './options/given.js';
import type { Surroundings } from './surroundings.js';
import { quoted, UsageError } from './usage-error.js';

/** What a command line may have in the place of the other. */
interface Sources {
  readonly urls: readonly string[];
  readonly files: readonly string[];
}

/**
 * A file where a URL belongs, and a URL where a file belongs: either would else fail in words that lead astray.
 * @throws UsageError
 */
export function refuseMisplaced(
  { urls, files }: Sources,
  given: AllGiven,
  { isFile }: Pick<Surroundings, 'isFile'>,
): void {
  const file = urls.find((url) => !hasScheme(url) && isFile(url));
  if (file !== undefined) {
    throw new UsageError(`${quoted(file)} is a file and no URL: did you mean -i ${asWord(file)}?`);
  }
  const url = files.find((name) => /^https?:\/\//i.test(name) && !isFile(name));
  if (url !== undefined) {
    const option = nameIn(given, 'input');
    throw new UsageError(`${option} expects a file, and ${quoted(url)} is a URL: leave ${option} out`);
  }
}

function hasScheme(url: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(url);
}

/** As it can be typed, where that is sure. */
function asWord(file: string): string {
  return /^[\w./@%+,:-]{1,60}$/.test(file) ? file : quoted(file);
}
