import { nearestOf } from './nearest-name.js';

/**
 * @param path what the names stand in: `tls.`
 * @throws TypeError for a name that is none of an option
 */
export function checkNames(caller: string, options: object, names: readonly string[], path = ''): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const nearest = nearestOf(name, names);
    const hint =
      nearest === undefined ? `the options are ${names.join(', ')}` : `did you mean \`${path}${nearest}\`?`;
    throw new TypeError(`${caller}: there is no option \`${path}${name}\`; ${hint}`);
  }
}
