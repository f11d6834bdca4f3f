import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../input/input-error.js';
import type { RunPlan } from '../run-plan.js';
import { quoted, UsageError } from '../usage-error.js';
import { digestOf, marked, type Purpose } from './purpose.js';

/** Bytes that are read at once. */
const highWaterMark = 1024 * 1024;

/**
 * The inputs of a run by their contents: names and times of files do not count.
 *
 * @throws UsageError, as a rejection, for one that cannot be read twice
 */
export async function inputPurpose({ urls, files }: RunPlan['inputs']): Promise<Purpose> {
  const purpose = new Map<string, string>();
  if (urls.length > 0) purpose.set('list of URLs on the command line', digestOf(urls.join('\n')));
  for (const [at, file] of files.entries()) {
    purpose.set(nameOf(at), await digestOfFile(file));
  }
  return purpose;
}

/** What is said of the input files of a run in place of their names in its purpose. */
export function inputTitles({ files }: RunPlan['inputs']): ReadonlyMap<string, string> {
  return new Map(files.map((file, at) => [nameOf(at), `${nameOf(at)}, ${quoted(basename(file))}`]));
}

/** Files are known by their place: each may have another name the next time. */
function nameOf(at: number): string {
  return `input file ${at + 1}`;
}

async function digestOfFile(file: string): Promise<string> {
  const isRead = file !== '-' && (await stat(file)).isFile();
  if (!isRead) {
    const name = file === '-' ? 'stdin' : quoted(file);
    throw new UsageError(
      `--state reads the inputs again to go on with a run, and ${name} can be read once: write it to a file, and give that with --input`,
    );
  }
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(file, { highWaterMark })) hash.update(bytes as Buffer);
  } catch (error) {
    throw new InputError(file, error);
  }
  return marked(hash.digest('hex'));
}
