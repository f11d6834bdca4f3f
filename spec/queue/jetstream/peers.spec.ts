import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder in which sluice is installed, with what it depends on and without the packages of NATS. */
async function withoutNats(): Promise<string> {
  const { path } = await temporaryFolder();
  const modules = join(path, 'node_modules');
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const part of ['dist', 'package.json']) {
    cpSync(join(root, part), join(modules, 'sluice', part), { recursive: true });
  }
  for (const name of ['rxjs', ...Object.keys(dependencies)]) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  return path;
}

describe('without the packages of NATS', () => {
  it.each([
    ['mjs', "import { jetstreamQueue, QueueError } from 'sluice/jetstream';"],
    ['cjs', "const { jetstreamQueue, QueueError } = require('sluice/jetstream');"],
  ])('jetstreamQueue says which to install (%s)', async (kind, load) => {
    const file = join(await withoutNats(), `queue.${kind}`);
    const print = 'console.log(error instanceof QueueError, error.message)';
    await writeFile(file, `${load}\njetstreamQueue('pages').catch((error) => ${print});\n`);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe(
      'true A queue on NATS needs two packages that are not installed: npm install @nats-io/jetstream @nats-io/transport-node\n',
    );
  });
});
