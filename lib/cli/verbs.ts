import { optionKeys, optionOf, type OptionKey } from './options/table.js';

/** What the command does. */
export type Verb = 'run' | 'explain' | 'demo' | QueueVerb;
/** What it does with a queue. */
export type QueueVerb = (typeof queueVerbs)[number];

const queueVerbs = ['enqueue', 'work', 'status', 'collect', 'purge'] as const;

export function isQueueVerb(verb: Verb): verb is QueueVerb {
  return queueVerbs.some((one) => one === verb);
}

/** A verb, as the help and the parser know it. */
interface VerbEntry {
  /** What stands behind it. */
  readonly operands: string;
  readonly says: string;
  readonly options: readonly OptionKey[];
}

const messages: readonly OptionKey[] = ['quiet', 'verbose', 'noColor', 'jsonLog'];
const common: readonly OptionKey[] = [...messages, 'config', 'help'];
/** How a queue on NATS is reached, besides its address. */
export const accessToNats: readonly OptionKey[] = [
  'queueDomain',
  'queuePrefix',
  'creds',
  'queueCa',
  'queueCert',
  'queueKey',
];
const access: readonly OptionKey[] = ['queue', ...accessToNats];
const ofQueues = optionKeys.filter((key) => optionOf(key).group === 'Queue');
const ofRun = optionKeys.filter((key) => !ofQueues.includes(key));
/** What is settled when an input is enqueued, what the queue does itself, and what is for the command itself. */
const notOfWork: readonly OptionKey[] = ['input', 'state', 'method', 'data', 'completion', 'version'];

/** The verbs; `run` is what no verb means. */
export const verbs: Readonly<Record<Verb, VerbEntry>> = {
  run: { operands: '[url...]', says: 'fetch URLs; the verb may be left out', options: ofRun },
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
  enqueue: {
    operands: '[url...]',
    says: 'put URLs into a queue, for any number of workers',
    options: [...access, 'leaseTime', 'shards', 'replicas', 'input', 'method', 'header', 'data', ...common],
  },
  work: {
    operands: '',
    says: 'fetch what is in a queue; as many workers at once as you like',
    options: [...access, 'follow', 'leaseTime', ...ofRun.filter((key) => !notOfWork.includes(key))],
  },
  status: {
    operands: '',
    says: 'how a queue stands: a table, redrawn on a terminal',
    options: [...access, 'once', ...common],
  },
  collect: {
    operands: '',
    says: 'write out the records of a queue',
    options: [
      ...access,
      'follow',
      'order',
      ...(['output', 'body', 'warc', 'csv', 'report', 'marbles'] as const),
      ...common,
    ],
  },
  purge: {
    operands: '',
    says: 'delete a queue with its inputs and records',
    options: [...access, 'yes', ...common],
  },
};

export const verbNames = Object.keys(verbs) as Verb[];
