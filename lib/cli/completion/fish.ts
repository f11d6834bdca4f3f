import { verbNames, verbs } from '../verbs.js';
import { entries, isTaken, narrowVerbs, type Entry } from './entries.js';

/** For `sluice --completion fish | source`. */
export function fishCompletion(): string {
  return [
    '# completes sluice in fish: sluice --completion fish > ~/.config/fish/completions/sluice.fish',
    'complete -c sluice -f',
    ...verbNames.map(
      (verb) => `complete -c sluice -n __fish_use_subcommand -a ${verb} -d ${quote(verbs[verb].says)}`,
    ),
    "complete -c sluice -n '__fish_seen_subcommand_from explain' -F",
    ...entries().map(line),
    '',
  ].join('\n');
}

function line(entry: Entry): string {
  const { short, long, says, value, choices, names } = entry;
  const parts = ['complete -c sluice'];
  const takers = narrowVerbs.filter((verb) => isTaken(verb, entry));
  const refusers = narrowVerbs.filter((verb) => !isTaken(verb, entry));
  if (!isTaken('run', entry)) parts.push(`-n '__fish_seen_subcommand_from ${takers.join(' ')}'`);
  else if (refusers.length > 0) parts.push(`-n 'not __fish_seen_subcommand_from ${refusers.join(' ')}'`);
  if (short !== undefined) parts.push(`-s ${short.slice(1)}`);
  parts.push(`-l ${long.slice(2)}`);
  if (names === 'file') parts.push('-r -F');
  else if (names === 'folder') parts.push("-x -a '(__fish_complete_directories)'");
  else if (choices) parts.push(`-x -a ${quote(choices.join(' '))}`);
  else if (value !== undefined) parts.push('-x');
  return [...parts, `-d ${quote(says)}`].join(' ');
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
