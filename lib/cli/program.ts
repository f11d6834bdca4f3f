import { Command, CommanderError, Option as CommanderOption } from 'commander';
import type { AllGiven, Given } from './options/given.js';
import { longName } from './options/option.js';
import { optionOf, type OptionKey } from './options/table.js';
import { asUsageError, missingValue } from './unknown-option.js';
import { verbs, type Verb } from './verbs.js';

/** The parser of a verb. It prints nothing, ends nothing, and reads no value: all of that is ours. */
export function programFor(verb: Verb): Command {
  const { operands, options } = verbs[verb];
  const command = new Command(verb === 'run' ? 'sluice' : `sluice ${verb}`)
    .usage(`[options] ${operands}`.trimEnd())
    .argument('[operands...]')
    .helpOption(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const key of options) command.addOption(commanderOption(key, verb));
  return command;
}

function commanderOption(key: OptionKey, verb: Verb): CommanderOption {
  const { short, value, says, saysIn = {}, group } = optionOf(key);
  const flags = `${short === undefined ? '' : `-${short}, `}${longName(key)}`;
  const option = new CommanderOption(
    value === undefined ? flags : `${flags} <${value}>`,
    saysIn[verb] ?? says,
  );
  if (value !== undefined) option.argParser(appended);
  return option.helpGroup(`${group}:`);
}

/** All texts that an option was given: whether one is enough is told later, for the file alike. */
function appended(text: string, before: unknown): string[] {
  return Array.isArray(before) ? [...(before as string[]), text] : [text];
}

/** What stands on a command line. */
export interface Line {
  readonly operands: readonly string[];
  readonly given: AllGiven;
}

/** @throws UsageError */
export function readLine(verb: Verb, argv: readonly string[]): Line {
  const program = programFor(verb);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? asUsageError(error, verb) : error;
  }
  const given = new Map<OptionKey, Given>();
  const all: Readonly<Record<string, unknown>> = program.opts();
  verbs[verb].options.forEach((key, at) => {
    const attribute = program.options[at]?.attributeName() ?? '';
    if (program.getOptionValueSource(attribute) !== 'cli') return;
    const value = all[attribute];
    const texts = Array.isArray(value) ? (value as string[]) : [];
    const swallowed = texts.find((text) => isSwallowed(text, key, argv, program));
    if (swallowed !== undefined) throw missingValue(longName(key), swallowed);
    given.set(key, { texts, called: longName(key) });
  });
  return { operands: program.args, given };
}

/** Whether an option has taken the next one for its value. */
function isSwallowed(text: string, key: OptionKey, argv: readonly string[], program: Command): boolean {
  const [name] = text.split('=', 1);
  if (!program.options.some(({ short, long }) => name === short || name === long)) return false;
  const own = [longName(key), `-${optionOf(key).short ?? ''}`];
  return argv.some((arg, at) => arg === text && own.includes(argv[at - 1] ?? ''));
}
