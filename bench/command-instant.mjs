// The command's own run, with a transport that answers at once: what its input, gate, records and output need by
// themselves. URLs come from stdin, records go nowhere.
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { buildSync } = createRequire(join(root, 'package.json'))('esbuild');
const file = join(root, 'dist', `command-instant-${process.pid}.mjs`);
process.once('exit', () => rmSync(file, { force: true }));
buildSync({
  stdin: {
    contents: `export { run } from './lib/cli/run.ts'; export { of } from 'rxjs'; export { page } from './lib/testing/pages.ts';`,
    resolveDir: dirname(join(root, 'package.json')),
  },
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'esm',
  tsconfig: join(root, 'tsconfig.json'),
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

const { run, of, page } = await import(pathToFileURL(file));
const transport = ({ url }) => of(page(url, { body: 'x' }));
process.exitCode = await run({
  inputs: { urls: [], files: ['-'] },
  request: {},
  fetch: { transport, concurrency: 64 },
  files: { output: '/dev/null' },
  body: 'none',
  talk: { level: 'quiet', color: false, json: false },
});
