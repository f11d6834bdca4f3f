import { optionKeys, type OptionKey } from './options/table.js';

/** What the command does. */
export type Verb = 'run' | 'explain' | 'demo';

/** A verb, as the help and the parser know it. */
interface VerbEntry {
  /** What stands behind it. */
  readonly operands: string;
  readonly says: string;
  readonly options: readonly OptionKey[];
}

const messages: readonly OptionKey[] = ['quiet', 'verbose', 'noColor', 'jsonLog'];

/** The verbs; `run` is what no verb means. */
export const verbs: Readonly<Record<Verb, VerbEntry>> = {
  run: { operands: '[url...]', says: 'fetch URLs; the verb may be left out', options: optionKeys },
  explain: {
    operands: '<file.ndjson...>',
    says: 'summary and report of the records of an earlier run; - is stdin',
    options: ['csv', 'report', 'marbles', ...messages, 'help'],
  },
  demo: {
    operands: '[url...]',
    says: 'fetch a site of 300 pages that misbehave, started on this machine',
    options: ['help'],
  },
};

export const verbNames = Object.keys(verbs) as Verb[];

/** Verbs and options of the durable queue, which is not there yet. */
export const reservedVerbs: readonly string[] = ['enqueue', 'work', 'status', 'collect', 'purge'];
export const reservedOptions: readonly string[] = ['--queue'];
