import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../lib/cli/explain.js';
import type { ExplainPlan } from '../../lib/cli/explain-plan.js';
import { OutputError } from '../../lib/files/output-error.js';
import { talkOn } from '../../lib/cli/talk.js';
import { madeUpLines } from '../observe/report/made-up-lines.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const records = madeUpLines(300);
const text = records.map((line) => `${JSON.stringify(line)}\n`).join('');

interface Explained {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Ways {
  readonly files?: ExplainPlan['files'];
  readonly level?: ExplainPlan['talk']['level'];
  readonly json?: boolean;
  readonly stdin?: string;
  readonly isClosed?: boolean;
}

/** Explains files, of this process. */
async function explained(inputs: readonly string[], ways: Ways = {}): Promise<Explained> {
  const { files = {}, level = 'normal', json = false, stdin = '', isClosed = false } = ways;
  const talk = { level, color: false, json };
  let stdout = '';
  let stderr = '';
  const output = {
    name: 'stdout',
    async write(chunk: Uint8Array) {
      if (isClosed) throw new OutputError('stdout', Object.assign(new Error('closed'), { code: 'EPIPE' }));
      stdout += Buffer.from(chunk).toString();
    },
    end: () => Promise.resolve(),
  };
  const code = await explain(
    { inputs, files, talk },
    {
      stdin: () => Readable.from([Buffer.from(stdin)]),
      stdout: () => output,
      scheduler: asyncScheduler,
      talk: talkOn({ write: (line) => (stderr += line) }, talk, () => 0),
    },
  );
  return { code, stdout, stderr };
}

async function fileWith(content: string | Uint8Array, name = 'run.ndjson'): Promise<string> {
  const file = join((await temporaryFolder()).path, name);
  await writeFile(file, content);
  return file;
}

describe('sluice explain', () => {
  it('says on stdout what became of the run', async () => {
    const { code, stdout, stderr } = await explained([await fileWith(text)]);
    const failed = records.filter(({ ok }) => !ok).length;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('300');
    expect(stdout).toContain(String(failed));
    expect(stdout).toContain('host-0.example:8443');
    expect(stdout).not.toContain('\u001b');
  });

  it('reads stdin, what gzip packed, and several files as one run', async () => {
    const one = await explained([await fileWith(text)]);
    expect(await explained(['-'], { stdin: text })).toEqual(one);
    expect(await explained([await fileWith(gzipSync(text), 'run.ndjson.gz')])).toEqual(one);
    const half = text.indexOf('\n', text.length / 2) + 1;
    const halves = [await fileWith(text.slice(0, half)), await fileWith(text.slice(half))];
    expect(await explained(halves)).toEqual(one);
  });

  it('says it as JSON, or not at all', async () => {
    const file = await fileWith(text);
    const { stdout } = await explained([file], { json: true });
    expect(JSON.parse(stdout)).toMatchObject({ settled: 300 });
    expect(await explained([file], { level: 'quiet' })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('makes the table, the report and the marble diagrams', async () => {
    const input = await fileWith(text);
    const at = (name: string): string => join(input, '..', name);
    const { code } = await explained([input], {
      files: { report: at('run.html'), marbles: at('run.svg'), csv: at('run.csv') },
    });
    expect(code).toBe(0);
    expect((await readFile(at('run.csv'), 'utf8')).split('\r\n')).toHaveLength(302);
    expect(await readFile(at('run.html'), 'utf8')).toContain('"records":300');
    expect(await readFile(at('run.svg'), 'utf8')).toContain('<title>the first 200 of 300 inputs in ');
    await explained([input], { files: { marbles: at('run.txt') } });
    const lines = (await readFile(at('run.txt'), 'utf8')).split('\n');
    expect(lines[0]).toMatch(/^the first 200 of 300 inputs: /);
    expect(lines.filter((line) => /^ *\d+ https:/.test(line))).toHaveLength(200);
  });

  it('passes over bad lines, counts them, and names the first', async () => {
    const lines = text.split('\n');
    lines.splice(4, 0, '', '{"v":1,"index":', 'garbage');
    const { code, stdout, stderr } = await explained([await fileWith(lines.join('\r\n'), 'bad.ndjson')]);
    expect(code).toBe(0);
    expect(stdout).toContain('300');
    expect(stderr).toMatch(
      /^sluice: 2 lines that are no records were left out of \S+bad\.ndjson: line 6 is not JSON: "\{\\"v\\":1,\\"index\\":"\n$/,
    );
  });

  it.each([
    [
      'other versions',
      '{"v":2,"index":0}\n',
      /: line 1 is of version 2 of the schema; this sluice reads version 1\n$/,
    ],
    ['no records', 'http://a/\nhttp://b/\n', /: line 1 is not JSON: "http:\/\/a\/"\n$/],
    ['no text', Buffer.from([0x80, 0x00, 0xff, 0x0a, 0xfe]), /: line 1 is not text in UTF-8\n$/],
    ['nothing', '', /There are no records in \S+: it is empty\n$/],
    ['other JSON', '[1]\n', /: line 1 is not an object\n$/],
  ])('says in a sentence that a file has %s, and ends with 2', async (_, content, sentence) => {
    const { code, stdout, stderr } = await explained([await fileWith(content)]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^sluice: There are no records in [^\n]+\n$/);
    expect(stderr).toMatch(sentence);
  });

  it('says that a file cannot be read, and ends with 2', async () => {
    const { path } = await temporaryFolder();
    const missing = await explained([join(path, 'none.ndjson')]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(
      /^sluice: Cannot read \S+none\.ndjson: there is no such file \(ENOENT\)\n$/,
    );
    await mkdir(join(path, 'folder'));
    expect(await explained([join(path, 'folder')])).toMatchObject({ code: 2 });
  });

  it('leaves of a table what came before when a later file cannot be read', async () => {
    const { path, files } = await temporaryFolder();
    const csv = join(path, 'run.csv');
    const missing = join(path, 'none.ndjson');
    expect(await explained([await fileWith(text), missing], { files: { csv } })).toMatchObject({ code: 2 });
    expect(await files()).toEqual(['run.csv']);
    expect((await readFile(csv, 'utf8')).match(/\r\n/g)).toHaveLength(301);
    expect(await explained([missing], { files: { csv: join(path, 'other.csv') } })).toMatchObject({
      code: 2,
    });
    expect(await files()).toEqual(['run.csv']);
  });

  it('says that an output cannot be written, and ends with 3', async () => {
    const input = await fileWith(text);
    const report = join(input, '..', 'no', 'run.html');
    const { code, stderr } = await explained([input], { files: { report } });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^sluice: Cannot write \S+run\.html: its folder does not exist \(ENOENT\)\n$/);
  });

  it('ends quietly when nobody reads it any more', async () => {
    const input = await fileWith(text);
    expect(await explained([input], { isClosed: true })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
