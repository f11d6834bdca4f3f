import { queueAddress } from '../queue/address.js';
import type { Option } from './option.js';
import {
  agent,
  anyText,
  count,
  countAmong,
  countOrAuto,
  delay,
  duration,
  durationWithin,
  fileEndingIn,
  header,
  method,
  oneOf,
  proxy,
  rate,
  share,
  size,
  someText,
  statuses,
  word,
  wordsWithDots,
} from './values.js';

const flag = (): true => true;
const bodies = ['base64', 'text', 'none'] as const;
const reaches = ['allow', 'direct', 'block'] as const;
const orders = ['index', 'settled'] as const;
const shells = ['bash', 'zsh', 'fish'] as const;

/** Every option of the command, in the order of its help. */
export const options = {
  queue: {
    group: 'Queue',
    value: 'QUEUE',
    says: 'sqlite:FILE or nats://HOST/NAME: for many processes; --state is for one run that may be resumed',
    read: queueAddress,
  },
  follow: {
    group: 'Queue',
    says: 'work: when all is done, wait for more; collect: wait for the records to come',
    read: flag,
  },
  order: {
    group: 'Queue',
    value: 'ORDER',
    choices: orders,
    says: 'records as they were enqueued, index, or as they were done, settled (default: index)',
    read: oneOf(...orders),
  },
  once: { group: 'Queue', says: 'show it once, also on a terminal', read: flag },
  yes: { group: 'Queue', isForPeople: true, says: 'delete without a question', read: flag },
  leaseTime: {
    group: 'Queue',
    value: 'TIME',
    says: 'what a dead worker held is handed out again after so long; NATS: for a new queue (default: 30s)',
    read: durationWithin(1_000, 86_400_000, '1s to 24h'),
  },
  shards: {
    group: 'Queue',
    value: 'N',
    says: 'NATS: parts of a new queue, by host; one worker at a time has a part (default: 16)',
    read: count(1, 1_024),
  },
  replicas: {
    group: 'Queue',
    value: 'N',
    choices: ['1', '3', '5'],
    says: 'NATS: on how many servers a new queue is stored: 1, 3 or 5 (default: 1)',
    read: countAmong(1, 3, 5),
  },
  queueDomain: {
    group: 'Queue',
    value: 'NAME',
    says: "NATS: JetStream's domain (default: that of the servers)",
    read: word,
  },
  queuePrefix: {
    group: 'Queue',
    value: 'WORDS',
    says: 'NATS: what its subjects begin with, with dots between words (default: sluice)',
    read: wordsWithDots,
  },
  creds: { group: 'Queue', value: 'FILE', names: 'file', says: 'NATS: who asks, FILE.creds', read: someText },
  queueCa: {
    group: 'Queue',
    value: 'FILE',
    names: 'file',
    says: 'NATS: certificates of the CAs that are trusted, as PEM',
    read: someText,
  },
  queueCert: {
    group: 'Queue',
    value: 'FILE',
    names: 'file',
    says: 'NATS: the certificate to show, as PEM',
    read: someText,
  },
  queueKey: { group: 'Queue', value: 'FILE', names: 'file', says: 'NATS: its key, as PEM', read: someText },

  input: {
    group: 'Input and output',
    short: 'i',
    value: 'FILE',
    many: true,
    names: 'file',
    says: 'URLs one a line, or NDJSON requests; - is stdin; may be repeated',
    read: someText,
  },
  output: {
    group: 'Input and output',
    short: 'o',
    value: 'FILE',
    names: 'file',
    says: 'records as NDJSON, one a line (default: stdout)',
    saysIn: { work: 'records of this worker as NDJSON; - is stdout (default: none, they are in the queue)' },
    read: someText,
  },
  state: {
    group: 'Input and output',
    value: 'FILE',
    names: 'file',
    says: 'remember records here; the same command goes on where a killed one was (for many processes: --queue)',
    read: someText,
  },
  body: {
    group: 'Input and output',
    value: 'HOW',
    choices: bodies,
    says: 'bodies in the records: base64, text or none (default: none)',
    read: oneOf(...bodies),
  },
  save: {
    group: 'Input and output',
    value: 'DIR',
    names: 'folder',
    says: 'bodies as files in this folder',
    read: someText,
  },
  warc: {
    group: 'Input and output',
    value: 'FILE',
    names: 'file',
    says: 'a web archive (ISO 28500), FILE.warc.gz',
    read: fileEndingIn('.warc.gz'),
  },
  csv: {
    group: 'Input and output',
    value: 'FILE',
    names: 'file',
    says: 'records as columns for spreadsheets; - is stdout',
    read: someText,
  },
  report: {
    group: 'Input and output',
    value: 'FILE',
    names: 'file',
    says: 'a page of charts and tables of the run, FILE.html',
    read: fileEndingIn('.html', '.htm'),
  },
  marbles: {
    group: 'Input and output',
    value: 'FILE',
    names: 'file',
    says: 'the first 200 inputs as a marble diagram, FILE.svg or FILE.txt',
    read: fileEndingIn('.svg', '.txt'),
  },

  concurrency: {
    group: 'Limits',
    short: 'c',
    value: 'N|auto',
    choices: ['auto'],
    says: 'most requests at once; auto finds its own height (default: 16)',
    read: countOrAuto,
  },
  perHost: { group: 'Limits', value: 'N', says: 'most requests at once at one host', read: count(1) },
  delay: {
    group: 'Limits',
    value: 'MS',
    says: 'least time from start to start at one host, in ms or with a unit',
    read: delay,
  },
  rate: { group: 'Limits', value: 'N/s', says: 'most starts of all hosts: 5/s, 300/m', read: rate },
  timeout: {
    group: 'Limits',
    short: 't',
    value: 'TIME',
    says: 'longest time of one attempt: 500ms, 5s, 2m (default: 30s)',
    read: duration,
  },
  deadline: {
    group: 'Limits',
    value: 'TIME',
    says: 'longest time of one URL: its queue, all attempts and waits',
    read: duration,
  },
  retries: {
    group: 'Limits',
    value: 'N',
    says: 'most attempts after the first; 0 for none (default: 2)',
    read: count(0),
  },
  maxRetryAfter: {
    group: 'Limits',
    value: 'TIME',
    says: 'longest wait a server may ask for before a retry (default: 1m)',
    read: duration,
  },
  maxBody: {
    group: 'Limits',
    value: 'SIZE',
    says: 'longest body: 512KB, 10MB, 1GiB (default: 10MiB)',
    read: size,
  },
  maxRedirects: {
    group: 'Limits',
    value: 'N',
    says: 'most redirects followed; 0 for none (default: 10)',
    read: count(0),
  },

  method: { group: 'Requests', value: 'METHOD', says: 'GET, HEAD, POST … (default: GET)', read: method },
  header: {
    group: 'Requests',
    value: 'HEADER',
    many: true,
    says: '"Name: value"; may be repeated',
    read: header,
  },
  data: {
    group: 'Requests',
    value: 'TEXT|@FILE',
    says: 'body of each request; makes it a POST without --method',
    read: anyText,
  },
  userAgent: { group: 'Requests', value: 'TEXT', says: 'who asks (default: sluice/VERSION)', read: agent },
  cookies: { group: 'Requests', says: 'keep the cookies of each host, and send them back', read: flag },
  robots: {
    group: 'Requests',
    says: 'obey robots.txt and its Crawl-delay, under the name of --user-agent',
    read: flag,
  },

  privateAddresses: {
    group: 'Connections',
    value: 'WHICH',
    choices: reaches,
    says: 'allow: all; direct: those you name, but no redirect from a public address; block: none (default: direct)',
    read: oneOf(...reaches),
  },
  proxy: {
    group: 'Connections',
    value: 'URL|env',
    choices: ['env'],
    says: 'http: or https: proxy; env takes http_proxy, https_proxy, no_proxy',
    read: proxy,
  },
  proxyFilters: { group: 'Connections', says: 'the proxy itself refuses private addresses', read: flag },
  cacert: {
    group: 'Connections',
    value: 'FILE',
    names: 'file',
    says: 'certificates of the CAs that are trusted, as PEM, in place of the usual',
    read: someText,
  },
  http2: { group: 'Connections', says: 'speak HTTP/2 with servers that offer it', read: flag },

  acceptStatus: {
    group: 'Success and failure',
    value: 'LIST',
    says: 'statuses that are a success: 200-299,404 (default: 200-299)',
    read: statuses,
  },
  failFast: { group: 'Success and failure', says: 'stop at the first failure', read: flag },
  failOver: {
    group: 'Success and failure',
    value: 'N%',
    says: 'stop when more than so many of the records are failures',
    read: share,
  },

  quiet: { group: 'Messages', short: 'q', says: 'say nothing on stderr but errors', read: flag },
  verbose: {
    group: 'Messages',
    short: 'v',
    says: 'say more on stderr: retries, redirects, stack traces',
    read: flag,
  },
  noColor: { group: 'Messages', says: 'no colours; NO_COLOR and FORCE_COLOR are obeyed, too', read: flag },
  jsonLog: { group: 'Messages', says: 'each message on stderr is a line of JSON', read: flag },

  config: {
    group: 'More',
    value: 'FILE',
    names: 'file',
    isForPeople: true,
    says: 'options as JSON, {"per-host": 2}; the command line wins',
    read: someText,
  },
  completion: {
    group: 'More',
    value: 'SHELL',
    choices: shells,
    isForPeople: true,
    says: 'print a completion script: bash, zsh or fish',
    read: oneOf(...shells),
  },
  version: { group: 'More', short: 'V', isForPeople: true, says: 'print the version', read: flag },
  help: { group: 'More', short: 'h', isForPeople: true, says: 'print this', read: flag },
} satisfies Record<string, Option>;

type Options = typeof options;
/** The name of an option as programs write it. */
export type OptionKey = keyof Options;
type ValueOf<O> = O extends { many: true; read: (text: string) => infer T }
  ? readonly T[]
  : O extends { read: (text: string) => infer T }
    ? T
    : never;
/** What was asked for, each read from its text. */
export type Values = { readonly [K in OptionKey]?: ValueOf<Options[K]> };

/** Every option by its name. */
export function optionOf(key: OptionKey): Option {
  return options[key];
}

export const optionKeys = Object.keys(options) as OptionKey[];
