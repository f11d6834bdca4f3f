import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { sluice } from './binary.js';

it('makes the report and the marble diagrams of a run, and the same of its records', async () => {
  const { path: cwd } = await temporaryFolder();
  const server = await serve(({ url }, response) => {
    response.statusCode = url?.endsWith('7') === true ? 404 : 200;
    response.end('hello');
  });
  const urls = Array.from({ length: 230 }, (_, index) => `${server.url}/${index}\n`);
  await writeFile(join(cwd, 'urls.txt'), urls.join(''));
  const read = (name: string): Promise<string> => readFile(join(cwd, name), 'utf8');
  try {
    const files = ['-o', 'run.ndjson', '--report', 'run.html', '--marbles', 'run.svg'];
    const args = ['-i', 'urls.txt', '--private-addresses', 'allow', '--quiet', ...files];
    expect(await sluice(args, { cwd })).toEqual({ code: 1, stdout: '', stderr: '' });
  } finally {
    await server.close();
  }
  expect((await read('run.ndjson')).split('\n')).toHaveLength(231);
  expect(await read('run.svg')).toContain('<title>the first 200 of 230 inputs in ');

  const again = ['--report', 'again.html', '--marbles', 'again.txt', '--csv', 'again.csv'];
  const { code, stdout, stderr } = await sluice(['explain', 'run.ndjson', ...again], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('207 succeeded, 23 failed');
  expect(await read('again.txt')).toMatch(/^the first 200 of 230 inputs: 180 o, 20 x in /);
  expect((await read('again.csv')).trim().split('\r\n')).toHaveLength(231);
  const totals = /"totals":\{.*?\}\]\}/;
  const [ofRun, ofRecords] = await Promise.all(['run.html', 'again.html'].map(read));
  expect(totals.exec(ofRun!)?.[0]).toContain('"records":230,"ok":207');
  expect(totals.exec(ofRecords!)?.[0]).toBe(totals.exec(ofRun!)?.[0]);
});
