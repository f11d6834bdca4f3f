import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionFor } from '../../lib/cli/completion/completion.js';
import { dashed, type Option } from '../../lib/cli/options/option.js';
import { optionKeys, optionOf } from '../../lib/cli/options/table.js';
import { verbs } from '../../lib/cli/verbs.js';
import { hasShell, offeredByFish, offeredByZsh, scriptOf } from './shells.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const namesOf = ({ short }: Option, key: string): string[] =>
  short === undefined ? [`--${dashed(key)}`] : [`-${short}`, `--${dashed(key)}`];
const has = { bash: hasShell('bash'), zsh: hasShell('zsh'), fish: hasShell('fish') };
const script = completionFor('bash');

/** What bash offers for a line whose last word is being written; `=` is a word of its own, as it is for bash. */
function offered(words: readonly string[], cwd?: string): string[] {
  const driver = `${script}
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_sluice
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '--noprofile', '-c', driver, 'bash', ...words];
  return execFileSync('bash', args, { cwd, encoding: 'utf8' }).split('\n').filter(Boolean).sort();
}

describe.each(['bash', 'zsh', 'fish'] as const)('the script for %s', (shell) => {
  it('names every option', () => {
    const text = completionFor(shell);
    for (const key of optionKeys) {
      const name = shell === 'fish' ? `-l ${dashed(key)} ` : `--${dashed(key)}`;
      expect(text).toContain(name);
    }
  });

  it.skipIf(!has[shell])('is taken by the shell', async () => {
    const flag = shell === 'fish' ? '--no-execute' : '-n';
    const { status, stderr } = spawnSync(shell, [flag, await scriptOf(shell)], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

it('the scripts for zsh and fish offer explain no option that it refuses', () => {
  const zsh =
    completionFor('zsh')
      .split(/^ {4}explain\)$/m)[1]
      ?.split(' ;;')[0] ?? '';
  expect([...zsh.matchAll(/--([\w-]+)=?['}]/g)].map(([, name]) => name)).toEqual(
    verbs.explain.options.map(dashed),
  );
  for (const line of completionFor('fish')
    .split('\n')
    .filter((one) => one.includes(' -l '))) {
    const key = optionKeys.find((one) => line.includes(` -l ${dashed(one)} `));
    const [, not, named = ''] = /-n '(not )?__fish_seen_subcommand_from ([^']*)'/.exec(line) ?? [];
    const isOffered = named === '' || named.split(' ').includes('explain') === (not === undefined);
    expect([key, isOffered]).toEqual([key, key !== undefined && verbs.explain.options.includes(key)]);
  }
});

describe.each([
  ['zsh', has.zsh, offeredByZsh],
  ['fish', has.fish, offeredByFish],
] as const)('%s', (_, isThere, offeredFor) => {
  it.skipIf(!isThere).each([
    ['sluice --max-', ['--max-body', '--max-redirects', '--max-retry-after']],
    ['sluice http://a/ --fail-f', ['--fail-fast']],
    ['sluice --body ', ['base64', 'none', 'text']],
    ['sluice --private-addresses d', ['direct']],
    ['sluice explain --', verbs.explain.options.map((key) => `--${dashed(key)}`).sort()],
    ['sluice demo --', ['--help']],
    ['sluice run --conc', ['--concurrency']],
    ['sluice ', Object.keys(verbs).sort()],
    ['sluice http://a/ ', []],
  ])('offers for %j just what fits', async (line, fitting) => {
    expect(await offeredFor(line)).toEqual(fitting);
  });

  it.skipIf(!isThere)('completes files and folders', async () => {
    const { path } = await temporaryFolder();
    writeFileSync(join(path, 'my-urls.txt'), '');
    mkdirSync(join(path, 'my-pages'));
    const names = async (line: string): Promise<string[]> =>
      (await offeredFor(line, path)).map((name) => name.replace(/\/$/, ''));
    expect(await names('sluice -i my')).toEqual(['my-pages', 'my-urls.txt']);
    expect(await names('sluice --save m')).toEqual(['my-pages']);
    expect(await names('sluice explain my-u')).toEqual(['my-urls.txt']);
  });
});

describe.skipIf(!has.bash)('bash', () => {
  it('registers the command', () => {
    const said = execFileSync('bash', ['--norc', '-c', `${script}\ncomplete -p sluice`], {
      encoding: 'utf8',
    });
    expect(said).toBe('complete -F _sluice sluice\n');
  });

  it('completes the names of options', () => {
    expect(offered(['sluice', '--ma'])).toEqual([
      '--marbles',
      '--max-body',
      '--max-redirects',
      '--max-retry-after',
    ]);
    expect(offered(['sluice', 'http://a/', '--fail-f'])).toEqual(['--fail-fast']);
    expect(offered(['sluice', '-'])).toEqual(expect.arrayContaining(['-c', '--concurrency', '--help']));
  });

  it('completes what an option can be, also behind =', () => {
    expect(offered(['sluice', '--body', ''])).toEqual(['base64', 'none', 'text']);
    expect(offered(['sluice', '--body', '=', 't'])).toEqual(['text']);
    expect(offered(['sluice', '--body', '='])).toEqual(['base64', 'none', 'text']);
    expect(offered(['sluice', '--private-addresses', 'd'])).toEqual(['direct']);
    expect(offered(['sluice', '-c', 'a'])).toEqual(['auto']);
    expect(offered(['sluice', '--timeout', ''])).toEqual([]);
  });

  it('offers a verb the options that it takes, and no other', () => {
    expect(offered(['sluice', 'explain', '-'])).toEqual(
      verbs.explain.options.flatMap((key) => namesOf(optionOf(key), key)).sort(),
    );
    expect(offered(['sluice', 'demo', '--'])).toEqual(['--help']);
    expect(offered(['sluice', 'run', '--conc'])).toEqual(['--concurrency']);
    expect(offered(['sluice', '--q'])).toEqual(['--quiet']);
  });

  it('completes verbs first, and nothing where a URL stands', () => {
    expect(offered(['sluice', ''])).toEqual(Object.keys(verbs).sort());
    expect(offered(['sluice', 'http://a/', ''])).toEqual([]);
  });

  it('completes files and folders, with spaces in them', async () => {
    const { path } = await temporaryFolder();
    writeFileSync(join(path, 'my urls.txt'), '');
    mkdirSync(join(path, 'my pages'));
    expect(offered(['sluice', '-i', 'my'], path)).toEqual(['my pages', 'my urls.txt']);
    expect(offered(['sluice', '--save', 'm'], path)).toEqual(['my pages']);
    expect(offered(['sluice', '--data', '@my u'], path)).toEqual(['@my urls.txt']);
    expect(offered(['sluice', 'explain', 'my u'], path)).toEqual(['my urls.txt']);
  });
});
