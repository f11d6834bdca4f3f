import { UsageError } from '../usage-error.js';
import { nameIn, rivals, type AllGiven } from './given.js';
import { longName } from './option.js';
import type { Verb } from '../verbs.js';
import type { OptionKey, Values } from './table.js';

/** @throws UsageError for options that cannot both be kept */
export function refuseContradictions(verb: Verb, given: AllGiven, values: Values): void {
  const name = (key: OptionKey): string => nameIn(given, key);
  const clash = ([one, other]: readonly [OptionKey, OptionKey], why: string): void => {
    if (given.has(one) && given.has(other)) throw new UsageError(`${name(one)} and ${name(other)} ${why}`);
  };
  for (const pair of rivals) clash(pair, 'contradict each other: leave one of them out');
  const { save, body = 'none', input = [], header = [], proxyFilters, proxy } = values;
  const { csv, output, timeout = 0, deadline = Infinity } = values;
  if (save !== undefined && body !== 'none') {
    throw new UsageError(
      `${name('save')} writes bodies to files and leaves none for ${name('body')} ${body}: leave one of them out`,
    );
  }
  if (input.filter((file) => file === '-').length > 1) {
    throw new UsageError(`${name('input')} - is there twice, and stdin can be read once: leave one out`);
  }
  if (given.has('userAgent') && header.some(([one]) => one.toLowerCase() === 'user-agent')) {
    throw new UsageError(
      `${name('userAgent')} and a User-Agent in ${name('header')} say the same twice: leave one of them out`,
    );
  }
  // what the command line says of one of them is meant to go before what a file says of the other
  const isOfLine = (key: OptionKey): boolean => name(key) === longName(key);
  if (timeout > deadline && isOfLine('timeout') === isOfLine('deadline')) {
    throw new UsageError(
      `${name('timeout')} is longer than ${name('deadline')}, which ends each attempt before it: make it shorter or leave it out`,
    );
  }
  const wantsStdout = output === '-' || (output === undefined && (verb === 'run' || verb === 'collect'));
  if (csv === '-' && wantsStdout) {
    throw new UsageError(
      `${name('csv')} - and the records both want stdout: give the records a file with -o FILE`,
    );
  }
  if (proxyFilters && proxy === undefined) {
    throw new UsageError(
      `${name('proxyFilters')} is about a proxy and there is none: add --proxy URL or leave it out`,
    );
  }
}
