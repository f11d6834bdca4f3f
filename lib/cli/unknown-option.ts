import type { CommanderError } from 'commander';
import { meantOf } from './options/meant-name.js';
import { longName } from './options/option.js';
import { optionOf } from './options/table.js';
import { quoted, UsageError } from './usage-error.js';
import { isQueueVerb, verbNames, verbs, type Verb } from './verbs.js';

/** What people who come from curl, wget, xargs or lychee write, and what it is called here. */
const elsewhere: Readonly<Record<string, string>> = {
  '-A': '--user-agent',
  '-b': '--cookies',
  '-d': '--data',
  '-H': '--header',
  '-j': '--concurrency',
  '-m': '--deadline',
  '-O': '--save',
  '-P': '--concurrency',
  '-s': '--quiet',
  '-T': '--timeout',
  '-U': '--user-agent',
  '-w': '--delay',
  '-x': '--proxy',
  '-X': '--method',
  '-Z': '--concurrency',
  '--accept': '--accept-status',
  '--cookie': '--cookies',
  '--directory-prefix': '--save',
  '--input-file': '--input',
  '--limit-rate': '--rate',
  '--max-concurrency': '--concurrency',
  '--max-filesize': '--max-body',
  '--max-procs': '--concurrency',
  '--max-redirect': '--max-redirects',
  '--max-redirs': '--max-redirects',
  '--max-time': '--deadline',
  '--parallel': '--concurrency',
  '--parallel-max': '--concurrency',
  '--request': '--method',
  '--retry': '--retries',
  '--silent': '--quiet',
  '--tries': '--retries',
  '--wait': '--delay',
  '--warc-file': '--warc',
};

/** What commander has to complain of, as a sentence of ours. */
export function asUsageError({ code, message }: CommanderError, verb: Verb): UsageError {
  const [, written = ''] = /'([^']*)'/.exec(message) ?? [];
  if (code === 'commander.optionMissingArgument') {
    return missingValue(/--[\w-]+/.exec(written)?.[0] ?? written);
  }
  if (code === 'commander.unknownOption') return unknown(written, verb);
  return new UsageError(`${message.replace(/^error: /, '')}: sluice --help shows the usage`);
}

/** @param got what stands where its value should */
export function missingValue(name: string, got?: string): UsageError {
  const found = got === undefined ? 'the end of the command line' : `the option ${quoted(got)}`;
  const also = got === undefined ? '' : `, or ${name}=${got} if that is meant`;
  return new UsageError(`${name} expects a value, got ${found}: write one behind it${also}`);
}

function unknown(written: string, verb: Verb): UsageError {
  const [name = written, value] = written.split(/=(.*)/s, 2);
  const keys = verbs[verb].options;
  const takers = verbNames.filter((one) => verbs[one].options.some((key) => name === longName(key)));
  const isElsewhere = takers.length > 0 && !takers.includes(verb);
  if (isElsewhere && (isQueueVerb(verb) || takers.every(isQueueVerb))) {
    const list = takers.map((taker) => `sluice ${taker}`).join(', ');
    return new UsageError(`${name} is not for sluice ${verb}, but for ${list}: leave it out`);
  }
  const own = keys.find((key) => name === longName(key));
  if (own !== undefined && value !== undefined) {
    return new UsageError(`${name} is a flag and takes no value, got ${quoted(value)}: write ${name}`);
  }
  const ours = keys.map(longName);
  const nearest = [elsewhere[name], /^--\w/.test(name) ? meantOf(name, ours) : undefined].find(
    (one) => one !== undefined && ours.includes(one),
  );
  const short = keys.find((key) => nearest === longName(key) && optionOf(key).short !== undefined);
  const also = short === undefined ? '' : ` (-${optionOf(short).short ?? ''})`;
  const help = verb === 'run' ? 'sluice --help' : `sluice ${verb} --help`;
  const hint = nearest === undefined ? `${help} lists them` : `did you mean ${nearest}${also}?`;
  return new UsageError(`There is no option ${quoted(name)}: ${hint}`);
}
