import { longName, type Option } from '../options/option.js';
import { optionKeys, optionOf } from '../options/table.js';
import { verbNames, verbs, type Verb } from '../verbs.js';

/** What a completion script knows of an option. */
export interface Entry extends Pick<Option, 'says' | 'choices' | 'names' | 'value'> {
  /** `--concurrency` */
  readonly long: string;
  /** `-c` */
  readonly short?: string;
  readonly isRepeated: boolean;
}

/** Every option that a verb takes, or that there is. */
export function entries(verb?: Verb): readonly Entry[] {
  return (verb === undefined ? optionKeys : verbs[verb].options).map((key) => {
    const { short, many = false, ...option } = optionOf(key);
    return {
      ...option,
      long: longName(key),
      ...(short !== undefined && { short: `-${short}` }),
      isRepeated: many,
    };
  });
}

/** Its names, the short one first. */
export function namesOf({ short, long }: Entry): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

/** The verbs that take only some of the options. */
export const narrowVerbs: readonly Verb[] = verbNames.filter((verb) => verb !== 'run');

/** Whether a verb takes the option. */
export function isTaken(verb: Verb, { long }: Entry): boolean {
  return entries(verb).some((one) => one.long === long);
}
