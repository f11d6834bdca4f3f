import { nearestOf } from '../pipeline/nearest-name.js';
import type { DemoPlan } from './demo/demo.js';
import type { ExplainPlan } from './explain-plan.js';
import { fileBytes } from './file-bytes.js';
import { refuseMisplaced } from './misplaced.js';
import { readConfig } from './options/config-file.js';
import { refuseContradictions } from './options/contradictions.js';
import { merged, type AllGiven } from './options/given.js';
import { optionOf, type OptionKey, type Values } from './options/table.js';
import { Misread } from './options/values.js';
import { readLine } from './program.js';
import type { RunPlan } from './run-plan.js';
import type { Surroundings } from './surroundings.js';
import { quoted, UsageError } from './usage-error.js';
import type { QueueCommand } from './queue/command.js';
import { isQueueVerb, verbNames, verbs, type Verb } from './verbs.js';

/** What a command line means. */
export type Command =
  | {
      readonly verb: 'run';
      readonly plan: RunPlan;
      /** Files that are read at once. */ readonly reads: readonly string[];
    }
  | { readonly verb: 'explain'; readonly plan: ExplainPlan }
  /** Something is done with a queue. */
  | (QueueCommand & { readonly reads: readonly string[] })
  | { readonly verb: 'demo'; readonly plan: DemoPlan }
  /** Something is shown and nothing done. */
  | { readonly verb: 'version' }
  | { readonly verb: 'help'; readonly of: Verb }
  | { readonly verb: 'completion'; readonly shell: 'bash' | 'zsh' | 'fish' }
  /** There is nothing to fetch, and somebody who waits. */
  | { readonly verb: 'usage' };

/**
 * Reads a command line. It does nothing but read what --config, --cacert and `--data @FILE` name.
 *
 * @param argv what stands behind the command's name
 * @throws UsageError
 */
export async function parse(argv: readonly string[], around: Surroundings): Promise<Command> {
  const { verb, rest } = verbOf(argv);
  const { operands, given: line } = readLine(verb, rest);
  if (line.has('help')) return { verb: 'help', of: verb };
  if (line.has('version')) return { verb: 'version' };
  const { completion: shell, config } = valuesOf(onlyOf(line, ['completion', 'config']));
  if (shell !== undefined) return { verb: 'completion', shell };
  if (verb === 'demo') return { verb, plan: { urls: operands, talk: talkOf({}, around) } };

  const given = config === undefined ? line : merged(line, configured(verb, config, around));
  const read = valuesOf(given);
  const dashes = verb === 'run' || verb === 'enqueue' ? operands.filter((operand) => operand === '-') : [];
  const values = dashes.length === 0 ? read : { ...read, input: [...(read.input ?? []), ...dashes] };
  refuseContradictions(verb, given, values);
  const talk = talkOf(values, around);
  if (verb === 'explain') return { verb, plan: explainPlan(operands, values, talk) };

  const urls = operands.filter((operand) => operand !== '-');
  const takesUrls = verb === 'run' || (verb === 'enqueue' && values.queue);
  if (takesUrls && urls.length === 0 && values.input === undefined && around.isInputTerminal) {
    return { verb: 'usage' };
  }
  refuseMisplaced({ urls, files: values.input ?? [] }, given, around);
  if (isQueueVerb(verb)) {
    const { queueCommandOf } = await import('./queue/command.js');
    const command = await queueCommandOf(verb, { urls, given, values, talk }, around);
    return { ...command, reads: readsOf(values) };
  }
  const { planOf } = await import('./plan.js'); // the library, which no version and no help waits for
  const plan = await planOf({ urls, given, values, talk }, around);
  return { verb, plan, reads: readsOf(values) };
}

function verbOf(argv: readonly string[]): { verb: Verb; rest: readonly string[] } {
  const [first = '', ...rest] = argv;
  const verb = verbNames.find((name) => name === first);
  if (verb) return { verb, rest };
  if (first === 'help' || first === 'version') {
    throw new UsageError(`There is no verb ${quoted(first)}: did you mean sluice --${first}?`);
  }
  const nearest = /^[a-z]{3,}$/.test(first) ? nearestOf(first, verbNames) : undefined;
  if (nearest !== undefined) {
    throw new UsageError(
      `There is no verb ${quoted(first)}: did you mean sluice ${nearest}? A URL begins with http:// or https://`,
    );
  }
  return { verb: 'run', rest: argv };
}

function onlyOf(given: AllGiven, keys: readonly OptionKey[]): AllGiven {
  return new Map([...given].filter(([key]) => keys.includes(key)));
}

function configured(verb: Verb, file: string, { read }: Surroundings): AllGiven {
  const given = readConfig(Buffer.from(fileBytes('--config', file, read)).toString('utf8'), file);
  for (const [key, { called }] of given) {
    if (!verbs[verb].options.includes(key))
      throw new UsageError(`${called} is not for sluice ${verb}: leave it out`);
  }
  return given;
}

/** @throws UsageError for a text that is not what its option expects */
function valuesOf(given: AllGiven): Values {
  const values = [...given].map(([key, { texts, called }]): [OptionKey, unknown] => {
    const { value, many = false, read } = optionOf(key);
    if (value === undefined) return [key, true];
    const all = texts.map((text) => {
      try {
        return read(text);
      } catch (error) {
        throw error instanceof Misread ? error.usageError(called, text) : error;
      }
    });
    return [key, many ? all : all.at(-1)];
  });
  return Object.fromEntries(values); // the table's readers made them
}

function explainPlan(inputs: readonly string[], values: Values, talk: RunPlan['talk']): ExplainPlan {
  if (inputs.length === 0) {
    throw new UsageError(
      'sluice explain expects a file of records, got none: name what sluice -o FILE has written, or - for stdin',
    );
  }
  const { csv, report, marbles } = values;
  if (csv === '-' && talk.level !== 'quiet') {
    throw new UsageError('--csv - and the summary both want stdout: add --quiet, or give the table a file');
  }
  const files = {
    ...(csv !== undefined && { csv }),
    ...(report !== undefined && { report }),
    ...(marbles !== undefined && { marbles }),
  };
  return { inputs, files, talk };
}

function talkOf({ quiet, verbose, noColor, jsonLog }: Values, around: Surroundings): RunPlan['talk'] {
  const level = quiet ? 'quiet' : verbose ? 'verbose' : 'normal';
  return { level, color: !noColor && !jsonLog && hasColor(around), json: jsonLog === true };
}

/** As Node has it: FORCE_COLOR before NO_COLOR, and both before what the terminal is. */
function hasColor({ env, isErrorTerminal }: Surroundings): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isErrorTerminal && env['TERM'] !== 'dumb';
}

function readsOf({ config, cacert, data, creds, queueCa, queueCert, queueKey }: Values): readonly string[] {
  const body = data?.startsWith('@') ? [data.slice(1)] : [];
  return [config, cacert, creds, queueCa, queueCert, queueKey, ...body].filter((file) => file !== undefined);
}
