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

/** Works on a queue in which another worker was always quicker; says what is in use early on, and at the end. */
const lateProgram = `
  import { of } from 'rxjs';
  import { run } from ${lib('cli/run.ts')};
  import { processIo } from ${lib('cli/run-io.ts')};
  import { QueueSource } from ${lib('cli/queue/queue-source.ts')};
  const used = [];
  const look = () => { gc(); used.push(process.memoryUsage().heapUsed); };
  let leased = 0;
  let lost = 0;
  const leaseOf = (index) => ({
    index, request: { url: 'http://localhost/' + index },
    complete: async () => { if (++lost === 10_000) look(); return undefined; },
    extend: async () => undefined, retry: async () => undefined, release: async () => undefined,
  });
  const queue = {
    leaseTime: 30_000,
    lease: async (most) => leased >= 50_000 ? [] : Array.from({ length: most }, () => leaseOf(leased++)),
  };
  const body = new Uint8Array(0);
  const transport = ({ url }) => of({ url, redirects: [], status: 200, headers: {}, body, encodedBytes: 0 });
  const plan = {
    inputs: { urls: [], files: [], areQueued: true }, request: {}, fetch: { transport }, files: {}, body: 'none',
    isSilent: true, talk: { level: 'quiet', color: false, json: false },
  };
  const code = await run(plan, [{ end: look }], processIo(plan), new QueueSource(queue, false));
  console.log(JSON.stringify({ code, lost, grown: used[1] - used[0] }));
`;

it('a worker that others are quicker than keeps nothing of what it fetched in vain', async () => {
  const node = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', lateProgram];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  const { grown, ...rest } = JSON.parse(stdout) as { readonly grown: number };
  expect(rest).toEqual({ code: 0, lost: 50_000 });
  expect(grown).toBeLessThan(2 * 1024 * 1024); // 50 bytes an input; what is known of its times would take more
});
