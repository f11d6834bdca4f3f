import { quoted, UsageError } from '../usage-error.js';
import type { AllGiven, Given } from './given.js';
import { meantOf } from './meant-name.js';
import { dashed } from './option.js';
import { optionKeys, optionOf, type OptionKey } from './table.js';

/**
 * The options of a configuration file: one JSON object whose keys are the long names of options, `max-body` or `maxBody`.
 * Values are as on the command line, numbers and true also bare; a list repeats an option that may be repeated.
 *
 * @throws UsageError that names the file and the key
 */
export function readConfig(text: string, file: string): AllGiven {
  const given = new Map<OptionKey, Given>();
  for (const [name, value] of Object.entries(objectOf(text, file))) {
    const called = `${quoted(name)} in ${file}`;
    const key = keyOf(name, file);
    if (given.has(key))
      throw new UsageError(`${called} is the second way of saying ${dashed(key)}: leave one out`);
    const texts = textsOf(value, key, called);
    if (texts) given.set(key, { texts, called });
  }
  return given;
}

function objectOf(text: string, file: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? quoted(error.message) : '';
    throw new UsageError(
      `--config expects a file of JSON such as {"retries": 3}, and ${file} is none: ${why}`,
    );
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new UsageError(
    `--config expects a JSON object such as {"retries": 3}, got ${quoted(text.trim())} in ${file}`,
  );
}

function keyOf(name: string, file: string): OptionKey {
  const key = optionKeys.find((one) => name === one || name === dashed(one));
  if (key !== undefined && optionOf(key).isForPeople !== true) return key;
  if (key !== undefined) {
    throw new UsageError(`${quoted(name)} in ${file} is for the command line alone: leave it out`);
  }
  const names = optionKeys.filter((one) => optionOf(one).isForPeople !== true).map(dashed);
  const nearest = meantOf(dashed(name), names);
  const hint = nearest === undefined ? 'sluice --help lists them' : `did you mean "${nearest}"?`;
  throw new UsageError(`There is no option ${quoted(name)} for ${file}: ${hint}`);
}

/** Undefined for a flag that is off. */
function textsOf(value: unknown, key: OptionKey, called: string): readonly string[] | undefined {
  const { value: placeholder, many = false } = optionOf(key);
  if (placeholder === undefined) {
    if (typeof value === 'boolean') return value ? [] : undefined;
    throw new UsageError(`${called} expects true or false, got ${quoted(JSON.stringify(value))}`);
  }
  const list: readonly unknown[] = many && Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === 'string') return one;
    if (typeof one === 'number') return String(one);
    const expected = many ? 'a text or a list of texts' : 'a text or a number';
    throw new UsageError(`${called} expects ${expected}, got ${quoted(JSON.stringify(one))}`);
  });
}
