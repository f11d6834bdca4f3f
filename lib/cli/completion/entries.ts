import { longName, type Option } from '../options/option.js';
import { optionKeys, optionOf } from '../options/table.js';

/** What a completion script knows of an option. */
export interface Entry extends Pick<Option, 'says' | 'choices' | 'names' | 'value'> {
  /** `--concurrency` */
  readonly long: string;
  /** `-c` */
  readonly short?: string;
  readonly isRepeated: boolean;
}

/** Every option. */
export function entries(): readonly Entry[] {
  return optionKeys.map((key) => {
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
