import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordLine } from '../../lib/observe/report/record-line.js';
import { readWarc } from '../observe/warc/read-warc.js';
import { serve, type TestServer } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { sluice, type Ended } from './binary.js';

let server: TestServer;
beforeAll(async () => {
  server = await serve((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { Location: '/page?n=2' }).end();
    else if (request.url === '/missing') response.writeHead(404).end('nothing here');
    else response.setHeader('Content-Type', 'text/html').end(`body of ${request.url}`);
  });
});
afterAll(() => server.close());

const paths = ['/page?n=1', '/moved', '/missing'];
const urls = (): string[] => paths.map((path) => server.url + path);

function linesOf({ stdout }: Ended): RecordLine[] {
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordLine).sort((a, b) => a.index - b.index);
}

describe('the command', () => {
  it('writes bodies into files, a web archive and a table in one run', async () => {
    const { path, files } = await temporaryFolder();
    const folder = join(path, 'pages');
    const [warc, csv] = [join(path, 'run.warc.gz'), join(path, 'run.csv')];
    const ended = await sluice(['-q', '--save', folder, '--warc', warc, '--csv', csv, ...urls()]);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(await files()).toEqual(['pages', 'run.csv', 'run.warc.gz']);

    const lines = linesOf(ended);
    expect(lines.map(({ ok, bytes }) => ({ ok, bytes }))).toEqual([
      { ok: true, bytes: 17 },
      { ok: true, bytes: 17 },
      { ok: false, bytes: 12 },
    ]);
    const bodies = await Promise.all(lines.slice(0, 2).map(({ file }) => readFile(file ?? '', 'utf8')));
    expect(bodies).toEqual(['body of /page?n=1', 'body of /page?n=2']);
    expect(await readdir(folder)).toHaveLength(2);

    const records = await readWarc(warc);
    const responses = records.filter(({ type }) => type === 'response');
    expect(Object.fromEntries(responses.map(({ uri, payload }) => [uri, String(payload)]))).toEqual({
      [`${server.url}/page?n=1`]: 'body of /page?n=1',
      [`${server.url}/page?n=2`]: 'body of /page?n=2',
      [`${server.url}/missing`]: 'nothing here',
    });
    expect(String(records[0]?.payload)).toMatch(/^software: sluice\/\d+\.\d+\.\d+\r\n/);

    const rows = (await readFile(csv, 'utf8')).trimEnd().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^\uFEFFindex,line,ok,request_url,/);
  });

  it('writes a body over that of an earlier run, in one step', async () => {
    const { path } = await temporaryFolder();
    const [url = ''] = urls();
    const [first] = linesOf(await sluice(['-q', '--save', path, url]));
    const [second] = linesOf(await sluice(['-q', '--save', path, url]));
    expect(second?.file).toBe(first?.file);
    expect(await readdir(path)).toHaveLength(1);
  });

  it('names a file from the folder as it was given, with an extension for its type', async () => {
    const { path } = await temporaryFolder();
    const [url = ''] = urls();
    for (const [given, shown] of [
      ['pages', 'pages/'],
      ['./deep/../pages/', 'pages/'],
      [join(path, 'pages'), `${path}/pages/`],
    ] as const) {
      const [line] = linesOf(await sluice(['-q', '--save', given, url], { cwd: path }));
      expect(line?.file).toMatch(new RegExp(`^${shown}127-0-0-1-page-[0-9a-f]{32}\\.html$`));
      expect(await readFile(resolve(path, line?.file ?? ''), 'utf8')).toBe('body of /page?n=1');
    }
  });

  it('writes the table to stdout where the records have a file', async () => {
    const { path, files } = await temporaryFolder();
    const records = join(path, 'run.ndjson');
    const ran = await sluice(['-q', '--csv', '-', '-o', records, ...urls()], { cwd: path });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(ran.stdout).toMatch(/^\uFEFFindex,line,ok,/);
    expect(ran.stdout.trimEnd().split('\r\n')).toHaveLength(4);
    const explained = await sluice(['explain', '-q', '--csv', '-', records], { cwd: path });
    expect(explained).toEqual({ code: 0, stderr: '', stdout: ran.stdout });
    expect(await files()).toEqual(['run.ndjson']);

    const both = await sluice(['explain', '--csv', '-', records]);
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain('--csv - and the summary both want stdout: add --quiet');
  });

  it('says that an archive or a table cannot be written, and ends with 3', async () => {
    const [url = ''] = urls();
    const full = await sluice(['-q', '--csv', '/dev/full', url]);
    expect(full).toMatchObject({ code: 3 });
    expect(full.stderr).toContain('Cannot write /dev/full: the disk is full (ENOSPC)');
    expect(full.stderr).not.toContain('    at ');
  });
});
