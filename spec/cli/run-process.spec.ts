import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecordLine } from '../../lib/observe/report/record-line.js';
import { smallDisk } from '../support/mounts.js';
import { serve, type TestServer } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { binary, start } from './binary.js';

const execute = promisify(execFile);

/** A server that answers at once, or not before it is told to. */
async function site(
  isHeld = false,
): Promise<TestServer & { asked(count: number): Promise<void>; answer(): void; answerAll(): void }> {
  const waiting: ServerResponse[] = [];
  let arrived = 0;
  let isHolding = isHeld;
  let wake = (): void => undefined;
  const server = await serve((_request, response) => {
    arrived++;
    if (isHolding) waiting.push(response);
    else response.end('page');
    wake();
  });
  onTestFinished(() => server.close());
  const answer = (): void => {
    for (const response of waiting.splice(0)) response.end('page');
  };
  return Object.assign(server, {
    asked: (count: number) =>
      new Promise<void>((resolve) => {
        wake = () => {
          if (arrived >= count) resolve();
        };
        wake();
      }),
    answer,
    /** Those that come later, too. */
    answerAll: () => {
      isHolding = false;
      answer();
    },
  });
}

async function listOf(count: number, url: string, folder: string): Promise<string> {
  const file = join(folder, 'urls.txt');
  await writeFile(file, Array.from({ length: count }, (_, place) => `${url}/${place}\n`).join(''));
  return file;
}

function recordsIn(text: string): RecordLine[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RecordLine);
}

/** Runs the command in bash, with `$sluice` for it. */
function bash(script: string, ...args: readonly string[]): ReturnType<typeof start>['end'] {
  const given = `sluice=("${process.execPath}" "${binary}"); ${script}`;
  return start(args, ['bash', '-c', given, 'bash']).end;
}

describe('sluice', () => {
  it('fetches what comes through stdin', async () => {
    const server = await site();
    const run = start(['-i', '-']);
    run.child.stdin.end(`# two of them\r\n${server.url}/a\r\n\r\n{"url":"${server.url}/b","context":7}`);
    const { code, stdout } = await run.end;
    expect(code).toBe(0);
    const [a, b] = recordsIn(stdout).sort((one, other) => one.index - other.index);
    expect([a, b]).toMatchObject([
      { ok: true, line: 2, bytes: 4 },
      { ok: true, line: 4, request: { context: 7 } },
    ]);
  });

  it('makes records of garbage, and no fuss', async () => {
    const { path } = await temporaryFolder();
    const file = join(path, 'garbage');
    await writeFile(
      file,
      Buffer.concat([randomBytes(300_000), Buffer.alloc(10_000_000, 'x'), Buffer.from('\n')]),
    );
    const { code, stdout, stderr } = await start(['-i', file]).end;
    expect(code).toBe(1);
    const records = recordsIn(stdout);
    expect(records.length).toBeGreaterThan(100);
    expect(new Set(records.map(({ error }) => error?.kind))).toEqual(new Set(['invalid']));
    expect(records.some(({ error }) => /is 10\d{6} bytes long/.test(error?.message ?? ''))).toBe(true);
    expect(stderr).not.toMatch(/^ +at .*:\d+:\d+/m);
  });

  it('ends quietly when the reader of its records has gone', async () => {
    const { path } = await temporaryFolder();
    const server = await site();
    const file = await listOf(5_000, server.url, path);
    const run = await bash('"${sluice[@]}" -i "$1" | head -1; echo "${PIPESTATUS[0]}"', file);
    const [record, code] = run.stdout.split('\n');
    expect(JSON.parse(record ?? '')).toMatchObject({ v: 1 });
    expect(code).toBe('0');
    expect(run.stderr).toBe('');
  });

  it('says that the disk is full, and exits with 3', async () => {
    const server = await site();
    const run = await bash('"${sluice[@]}" "$1" > /dev/full', server.url);
    expect(run.code).toBe(3);
    expect(run.stderr.match(/^.*ENOSPC.*$/gm)).toEqual([
      'sluice: Cannot write stdout: the disk is full (ENOSPC)',
    ]);
  });

  it.for([
    ['its own file', '"${sluice[@]}" -i "$1" -o "$2"'],
    ['a file of the shell', '"${sluice[@]}" -i "$1" > "$2"'],
  ] as const)('leaves whole lines on a disk that fills up, in %s', async ([, script], test) => {
    const { path } = await temporaryFolder();
    const disk = (await smallDisk(path)) ?? '';
    if (disk === '') test.skip('nothing can be mounted here');
    const server = await site();
    const file = await listOf(2_000, server.url, path);
    const { code, stderr } = await bash(script, file, join(disk, 'out'));
    expect(stderr).toContain('the disk is full (ENOSPC)');
    expect(code).toBe(3);
    const text = await readFile(join(disk, 'out'), 'utf8');
    expect(recordsIn(text).length).toBeGreaterThan(100);
    expect((await execute('ls', [disk])).stdout).not.toContain('.part');
  });
});

describe('an archive', () => {
  it('that has no room for its beginning is exit code 3, too', async (test) => {
    const { path } = await temporaryFolder();
    const disk = await smallDisk(path);
    if (disk === undefined) return test.skip('mount needs root');
    await writeFile(join(disk, 'full'), Buffer.alloc(256 * 1024));
    const { code, stderr } = await start(['http://127.0.0.1:9/', '--warc', join(disk, 'a.warc.gz')]).end;
    expect(stderr).toMatch(/^sluice: Cannot write \S+a\.warc\.gz: the disk is full \(ENOSPC\)\n$/);
    expect(code).toBe(3);
    expect((await execute('ls', [disk])).stdout).toBe('full\n');
  });
});

describe('the outputs of a run', () => {
  it('are open before the first request: sockets may leave no descriptor for them', async () => {
    const { path, files } = await temporaryFolder();
    const server = await site(true);
    const names = ['run.csv', 'run.html', 'run.ndjson', 'run.svg'];
    const [csv = '', report = '', output = '', marbles = ''] = names.map((name) => join(path, name));
    const outputs = ['-o', output, '--csv', csv, '--report', report, '--marbles', marbles];
    const { end } = start(['-q', ...outputs, server.url]);
    await server.asked(1);
    expect((await files()).map((name) => name.replace(/\.[0-9a-f]{8}\.part$/, ' part'))).toEqual(
      names.map((name) => `${name} part`),
    );
    server.answer();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
    expect(await files()).toEqual(names);
  });

  it('are whole where the process may have fewer descriptors than it has requests', async () => {
    const { path } = await temporaryFolder();
    const server = await site(true);
    const file = await listOf(200, server.url, path);
    const output = join(path, 'run.ndjson');
    const ended = bash(
      'ulimit -n 64; exec "${sluice[@]}" -q -c 64 --retries 0 -i "$1" -o "$2" --report "$3"',
      ...[file, output, join(path, 'run.html')],
    );
    await server.asked(10);
    server.answerAll();
    const { code, stderr } = await ended;
    expect(stderr).toBe('');
    expect(code).toBe(1);
    const records = recordsIn(await readFile(output, 'utf8'));
    expect(records).toHaveLength(200);
    expect(new Set(records.map(({ error }) => error?.kind))).toEqual(new Set([undefined, 'resource']));
  });
});

describe('the folder of --save', () => {
  it('ends the run with 3 when its disk is full, and the records are whole', async (test) => {
    const { path } = await temporaryFolder();
    const disk = await smallDisk(path);
    if (disk === undefined) return test.skip('mount needs root');
    const server = await serve((_request, response) => response.end(Buffer.alloc(20_000)));
    onTestFinished(() => server.close());
    const file = await listOf(500, server.url, path);
    const folder = join(disk, 'pages');
    const { code, stdout, stderr } = await start(['-i', file, '--save', folder, '-q', '-c', '4']).end;
    expect(stderr).toBe(`sluice: Cannot write ${folder}: the disk is full (ENOSPC)\n`);
    expect(code).toBe(3);
    const records = recordsIn(stdout);
    expect(records.length).toBeLessThan(50);
    expect(records.filter(({ ok }) => ok).length).toBe(
      (await execute('ls', [folder])).stdout.split('\n').length - 1,
    );
  });
});

describe('a signal to sluice', () => {
  it.each([
    ['says nothing more', true],
    ['nobody writes to', false],
  ])('ends it while it reads a pipe that %s', async (_, isWritten) => {
    const { path } = await temporaryFolder();
    const server = await site();
    const pipe = join(path, 'pipe');
    await execute('mkfifo', [pipe]);
    const run = start(['-i', pipe, server.url]);
    const held = isWritten ? await open(pipe, 'w') : undefined; // resolves when the command reads it
    onTestFinished(() => held?.close());
    await held?.write(`${server.url}/written\n`);
    await server.asked(isWritten ? 2 : 1);
    run.child.kill('SIGINT');
    const { code, stdout } = await run.end;
    expect(code).toBe(130);
    expect(recordsIn(stdout).every(({ ok }) => ok)).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s lets what is under way finish', async (signal) => {
    const { path, files } = await temporaryFolder();
    const server = await site(true);
    const file = await listOf(10, server.url, path);
    const output = join(path, 'out.ndjson');
    const run = start(['-i', file, '-o', output, '-c', '3']);
    await server.asked(3);
    run.child.kill(signal);
    await run.says(/no more URLs are taken, 3 are under way/);
    server.answer();
    expect(await run.end).toMatchObject({ code: 130 });
    const records = recordsIn(await readFile(output, 'utf8'));
    expect(records.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await files()).toEqual(['out.ndjson', 'urls.txt']);
  });

  it.each([
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('%s and then %s makes a cancelled record of what is under way', async (first, then) => {
    const { path } = await temporaryFolder();
    const server = await site(true);
    const file = await listOf(10, server.url, path);
    const run = start(['-i', file, '-c', '3']);
    await server.asked(3);
    run.child.kill(first);
    await run.says(/no more URLs are taken/);
    run.child.kill(then);
    const { code, stdout } = await run.end;
    expect(code).toBe(130);
    expect(recordsIn(stdout).map(({ error }) => error?.kind)).toEqual(Array(3).fill('cancelled'));
  });
});
