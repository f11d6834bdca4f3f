// After the command is bundled: writes whose code is in it, and under what licence, beside it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'dist/cli';
const metafile = join(folder, 'metafile-esm.json');
const { outputs } = JSON.parse(readFileSync(metafile, 'utf8'));

const used = Object.values(outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
);
const packages = new Set(used.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
const parts = [...packages].sort().map((at) => {
  const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  const file = readdirSync(at).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  if (file === undefined) throw new Error(`${name} is bundled into the command and has no licence in a file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(at, file), 'utf8').trim()}\n`;
});
const all = ['The command holds parts of these packages.\n', ...parts];
writeFileSync(join(folder, 'LICENSES.txt'), all.join(`\n${'-'.repeat(80)}\n\n`));
rmSync(metafile);
