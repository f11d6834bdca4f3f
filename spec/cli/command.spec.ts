import { cpSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings } from '../../lib/cli/exit-codes.js';
import { longName } from '../../lib/cli/options/option.js';
import { verbs } from '../../lib/cli/verbs.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { binary, plainEnv, sluice } from './binary.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
/** util-linux's, which runs a program at a pseudo-terminal. */
const hasScript = spawnSync('script', ['--version']).status === 0;
const nothing = { code: 0, stderr: '' };

/** A file, and all that is loaded with it: not what it may ask for later by import(). */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(
    /(?:^|;)(?:import|export) ?(?:[^'"();]*? ?from ?)?["'](\.[^"']+)["']/gm,
  )) {
    withImports(join(dirname(file), name), seen);
  }
  return seen;
}

describe('the built command', () => {
  it('says its version', async () => {
    expect(await sluice(['--version'])).toEqual({ ...nothing, stdout: `${version}\n` });
    expect(await sluice(['-V'])).toEqual({ ...nothing, stdout: `${version}\n` });
  });

  it('explains itself in 80 columns: each option, five examples, each exit code', async () => {
    const { stdout, ...rest } = await sluice(['--help']);
    expect(rest).toEqual(nothing);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const key of verbs.run.options)
      expect(stdout).toMatch(new RegExp(`^  (-\\w, )?${longName(key)}( |$)`, 'm'));
    expect(stdout.match(/^ {2}# /gm)).toHaveLength(5);
    for (const code of Object.keys(exitCodeMeanings))
      expect(stdout).toMatch(new RegExp(`^  ${code} +\\S`, 'm'));
  });

  it('has examples in its help that it takes', async () => {
    const { stdout } = await sluice(['--help']);
    const lines = [...stdout.matchAll(/^ {2}# .*\n {2}sluice (.*)$/gm)].map(([, line = '']) =>
      line.split(' '),
    );
    const { path: cwd } = await temporaryFolder();
    for (const name of ['urls.txt', 'links.txt']) writeFileSync(join(cwd, name), '# none\n');
    for (const args of lines) {
      const args0 = args.map((arg) => arg.replace(/^https:.*/, 'http://127.0.0.1:1/'));
      const { code, stderr } = await sluice(args0, { cwd });
      expect([0, 1], `${args.join(' ')}: ${stderr}`).toContain(code);
    }
  });

  it('loads nothing of the library for that', () => {
    const loaded = withImports(binary);
    const text = [...loaded].map((file) => readFileSync(file, 'utf8')).join('');
    expect(loaded.size).toBeGreaterThan(1);
    expect(text).toContain('commander');
    expect(text).not.toMatch(/class Observable|class Agent|fetchFrom/);
  });

  it('says of `work` that it writes no records without -o', async () => {
    const outputOf = async (argv: string[]): Promise<string> =>
      /-o, .*? --(?:state|body)/.exec((await sluice([...argv, '--help'])).stdout.replace(/\s+/g, ' '))?.[0] ??
      '';
    expect(await outputOf(['work'])).toContain('(default: none, they are in the queue)');
    expect(await outputOf([])).toContain('(default: stdout)');
  });

  it('needs no package beside it', async () => {
    const { path } = await temporaryFolder();
    cpSync(dirname(binary), join(path, 'dist/cli'), { recursive: true });
    cpSync(new URL('../../package.json', import.meta.url), join(path, 'package.json'));
    const main = join(path, 'dist/cli/main.js');
    for (const argv of [['--version'], ['--help'], ['--completion', 'zsh'], ['explain', '/dev/null']]) {
      const { stderr } = spawnSync(process.execPath, [main, ...argv], { env: plainEnv(), encoding: 'utf8' });
      expect(stderr, argv.join(' ')).not.toMatch(/fault|ERR_/);
    }
    const all = [
      '--robots',
      '--cookies',
      '--http2',
      '--report',
      'r.html',
      '--marbles',
      'r.svg',
      '--csv',
      'r.csv',
    ];
    const argv = ['http://127.0.0.1:1/', '--retries', '0', '--warc', 'r.warc.gz', '-o', 'r.ndjson', ...all];
    const run = spawnSync(process.execPath, [main, ...argv], {
      cwd: path,
      env: plainEnv(),
      encoding: 'utf8',
    });
    expect(run.stderr).not.toMatch(/fault|ERR_/);
    expect(run.status).toBe(1);
    expect(readFileSync(join(path, 'dist/cli/LICENSES.txt'), 'utf8')).toMatch(/^undici \d+\S+ \(MIT\)$/m);
  });

  it('fetches what it is given', async () => {
    const asked: unknown[] = [];
    const server = await serve((request, response) => {
      asked.push([request.method, request.url, request.headers['user-agent']]);
      response.end('hello');
    });
    try {
      const { code, stdout } = await sluice([`${server.url}/a`, '--quiet', '--body', 'text']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ v: 1, ok: true, status: 200, body: 'hello' });
      expect(asked).toEqual([['GET', '/a', `sluice/${version}`]]);
    } finally {
      await server.close();
    }
  });

  it('reads URLs from stdin when nobody sits there', async () => {
    const { code, stdout } = await sluice(['--retries', '0', '--quiet'], { input: 'http://127.0.0.1:1/\n' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { kind: 'connect' } });
    expect(code).toBe(1);
  });

  it('is not disturbed by a reader that has seen enough', () => {
    const line = `"${process.execPath}" "${binary}" --help | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', line], { env: plainEnv(), encoding: 'utf8' });
    expect(stdout).toMatch(/^Fetches many URLs[^\n]*\n$/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('a full disk under stdout', () => {
  it.each(['--version', '--help', '--completion bash'])('is a sentence and exit code 3 for %s', (asked) => {
    const line = `"${process.execPath}" "${binary}" ${asked} > /dev/full`;
    const { stderr, status } = spawnSync('bash', ['-c', line], { env: plainEnv(), encoding: 'utf8' });
    expect(stderr).toBe('sluice: Cannot write stdout: the disk is full (ENOSPC)\n');
    expect(status).toBe(3);
  });
});

describe('wrong usage', () => {
  it('is one sentence, exit code 2, and no stack unless --verbose asks for it', async () => {
    const short = await sluice(['--concurency', '4']);
    expect(short).toEqual({
      code: 2,
      stdout: '',
      stderr: 'sluice: There is no option "--concurency": did you mean --concurrency (-c)?\n',
    });
    const long = await sluice(['--verbose', '-t', '5', 'http://a/']);
    expect(long.code).toBe(2);
    expect(long.stderr).toMatch(/^sluice: --timeout expects .*\n[^]*\n {4}at /);
  });

  it('is a line of JSON with --json-log', async () => {
    const { code, stderr } = await sluice(['--json-log', '-t', '5', 'http://a/']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/^--timeout expects/),
    });
  });

  it('is told before anything is fetched', async () => {
    let asked = 0;
    const server = await serve((_, response) => {
      asked++;
      response.end();
    });
    try {
      const { path } = await temporaryFolder();
      writeFileSync(join(path, 'urls.txt'), `${server.url}/\n`);
      linkSync(join(path, 'urls.txt'), join(path, 'hard'));
      for (const argv of [
        ['-i', 'none.txt'],
        ['-i', '.'],
        ['-o', '.'],
        ['-o', 'no/such'],
        ['--csv', 'a', '--report', 'no/such.html'],
        ['-o', 'a', '--csv', './a'],
        ['-i', 'urls.txt', '-o', 'hard'],
        ['--save', 'urls.txt'],
        ['--config', 'none.json'],
        ['--cacert', 'urls.txt'],
      ]) {
        const { code, stdout, stderr } = await sluice([`${server.url}/`, ...argv], { cwd: path });
        expect(stderr, argv.join(' ')).toMatch(/^sluice: [^\n]+\n$/);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      }
      expect(asked).toBe(0);
      expect(readFileSync(join(path, 'urls.txt'), 'utf8')).toBe(`${server.url}/\n`);
    } finally {
      await server.close();
    }
  });

  it('is an input that the shell has made the output', async () => {
    const { path: cwd } = await temporaryFolder();
    writeFileSync(join(cwd, 'urls.txt'), 'http://127.0.0.1:1/\n');
    const run = (line: string): string =>
      spawnSync('bash', ['-c', line.replace('sluice', `"${process.execPath}" "${binary}"`)], {
        cwd,
        env: plainEnv(),
        encoding: 'utf8',
      }).stderr;
    expect(run('sluice -i urls.txt >> urls.txt')).toBe(
      'sluice: stdout and the input urls.txt are the same file: write to another one\n',
    );
    expect(run('sluice -o urls.txt < urls.txt')).toBe(
      'sluice: --output urls.txt and stdin are the same file: write to another one\n',
    );
    expect(readFileSync(join(cwd, 'urls.txt'), 'utf8')).toBe('http://127.0.0.1:1/\n');
  });

  it.skipIf(!hasScript)('is nothing to fetch at a terminal', () => {
    const { stdout, status } = spawnSync(
      'script',
      ['-qec', `"${process.execPath}" "${binary}"`, '/dev/null'],
      {
        env: plainEnv(),
        encoding: 'utf8',
        input: '',
      },
    );
    expect(stdout).toMatch(/^sluice: there is nothing to fetch: .*\r\n/);
    expect(stdout).toContain('sluice --help shows all options.');
    expect(status).toBe(2);
  });
});
