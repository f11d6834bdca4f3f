import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const lib = (path: string): string => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);

/** Runs a file of URLs with a transport that answers at once; says what is in use early on, and at the end. */
const program = `
  import { of } from 'rxjs';
  import { run } from ${lib('cli/run.ts')};
  import { recordsWatcher } from ${lib('cli/records-watcher.ts')};
  import { FileOutput } from ${lib('files/file-output.ts')};
  import { processIo } from ${lib('cli/run-io.ts')};
  const [input] = process.argv.slice(1);
  const body = new Uint8Array(0);
  const transport = ({ url }) => of({ url, redirects: [], status: 200, headers: {}, body, encodedBytes: 0 });
  const plan = {
    inputs: { urls: [], files: [input] }, request: {}, fetch: { transport }, files: {}, body: 'none',
    talk: { level: 'normal', color: false, json: false },
  };
  const io = processIo(plan);
  const used = [];
  const look = () => { gc(); used.push(process.memoryUsage().heapUsed); };
  let records = 0;
  const counter = { record: () => { if (++records === 20_000) look(); }, end: look };
  const code = await run(plan, [recordsWatcher(new FileOutput('/dev/null'), io.scheduler, () => undefined), counter], io);
  console.log(JSON.stringify({ code, records, grown: used[1] - used[0] }));
`;

it('a run of 100,000 lines needs no more memory at its end than at its beginning', async () => {
  const { path } = await temporaryFolder();
  const file = join(path, 'urls.txt');
  const lines = Array.from({ length: 100_000 }, (_, place) => `http://localhost/some/path/${place}\n`);
  await writeFile(file, lines.join(''));
  const node = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program, file];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  const { grown, ...rest } = JSON.parse(stdout) as { readonly grown: number };
  expect(rest).toEqual({ code: 0, records: 100_000 });
  expect(grown).toBeLessThan(4 * 1024 * 1024); // 23 bytes a line; a Map of them would take more
});
