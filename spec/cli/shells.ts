import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completionFor } from '../../lib/cli/completion/completion.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Whether the machine has a shell; that one is missing, and its tests are skipped, is said aloud. */
export function hasShell(name: string): boolean {
  const isThere = spawnSync(name, ['--version']).status === 0;
  if (!isThere)
    process.stderr.write(`\nTHERE IS NO ${name} ON THIS MACHINE: its completion is not tested.\n\n`);
  return isThere;
}

/** The file of a script, under the name that zsh knows it by. */
export async function scriptOf(shell: 'bash' | 'zsh' | 'fish'): Promise<string> {
  const file = join((await temporaryFolder()).path, '_sluice');
  writeFileSync(file, completionFor(shell));
  return file;
}

/** What fish offers for a line whose last word is being written. */
export async function offeredByFish(line: string, cwd?: string): Promise<string[]> {
  const code = 'source $argv[1]; complete -C $argv[2]';
  const args = ['--no-config', '-c', code, await scriptOf('fish'), line];
  return sorted(execFileSync('fish', args, { cwd, encoding: 'utf8' })).map((one) => one.split('\t')[0] ?? '');
}

const typist = fileURLToPath(new URL('type-in.zsh', import.meta.url));

/** What zsh offers for a line whose last word is being written. */
export async function offeredByZsh(line: string, cwd?: string): Promise<string[]> {
  const args = ['-f', typist, await scriptOf('zsh'), line];
  return sorted(execFileSync('zsh', args, { cwd, encoding: 'utf8' }));
}

function sorted(text: string): string[] {
  return [...new Set(text.split('\n').filter(Boolean))].sort();
}
