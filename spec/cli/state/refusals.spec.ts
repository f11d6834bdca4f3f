import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sqliteQueue } from 'sluice/sqlite';
import { describe, expect, it } from 'vitest';
import { sluice, start } from '../binary.js';
import { countingSite, listed, type CountingSite } from './state-run.js';

interface Begun {
  readonly site: CountingSite;
  readonly state: string;
  readonly list: string;
  readonly args: readonly string[];
  at(name: string): string;
}

/** A run that is over. */
async function begun(...options: readonly string[]): Promise<Begun> {
  const site = await countingSite();
  const { list, state, at } = await listed(site, 5);
  const args = ['-q', '-i', list, '--state', state, '-o', at('out.ndjson')];
  expect((await sluice([...args, ...options])).code).toBe(1);
  site.asked.clear();
  await writeFile(at('out.ndjson'), 'as it was');
  return { site, list, state, args, at };
}

/** The sentence that a run is refused with, before it has done anything. */
async function refusal({ site, at }: Begun, args: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await sluice(args);
  expect({ code, stdout, asked: site.asked.size }).toEqual({ code: 2, stdout: '', asked: 0 });
  expect(await readFile(at('out.ndjson'), 'utf8')).toBe('as it was');
  expect(stderr.trimEnd()).not.toContain('\n');
  return stderr.trimEnd();
}

describe('--state', () => {
  it.each([
    [[], ['--method', 'HEAD'], 'it had no --method'],
    [['--method', 'HEAD'], [], 'it had --method HEAD, which is missing now'],
    [['--max-body', '1MB'], ['--max-body', '2MB'], '--max-body was 1MB, and is 2MB now'],
    [['--header', 'X-Key: a'], ['--header', 'X-Key: b'], '--header is not what it was then'],
    [['--header', 'Cookie: a=b'], [], 'it had --header, which is missing now'],
    [['--data', 'a'], ['--data', 'b'], '--data is not what it was then'],
    [['--cookies'], [], 'it had --cookies, which is missing now'],
    [[], ['--body', 'text', '--robots'], 'it had no --body; it had no --robots'],
    [[], ['--warc', 'pages.warc.gz'], 'it had no --warc'],
  ])('begun with %j is not gone on with %j', async (first, then, difference) => {
    const run = await begun(...first);
    expect(await refusal(run, [...run.args, ...then])).toBe(
      `sluice: ${run.state} belongs to another run: ${difference}. Give another file to --state, or what that run was begun with`,
    );
  });

  it('is not gone on with where the inputs are others, whatever their names', async () => {
    const run = await begun();
    const { state, list, args, at } = run;
    const why = `sluice: ${state} belongs to another run: `;
    expect(await refusal(run, [...args, 'http://127.0.0.1:9/'])).toContain(
      `${why}it had no list of URLs on the command line.`,
    );
    expect(await refusal(run, [...args, '-i', list])).toContain(`${why}it had no input file 2, "urls.txt".`);
    await writeFile(at('copy.txt'), await readFile(list));
    const renamed = await sluice(args.map((arg) => (arg === list ? at('copy.txt') : arg)));
    expect(renamed).toMatchObject({ code: 1, stderr: '' });
    await writeFile(at('out.ndjson'), 'as it was');
    await writeFile(list, '\n# one more comment', { flag: 'a' });
    expect(await refusal(run, args)).toContain(`${why}input file 1, "urls.txt" is not what it was then.`);
  });

  it('must be an SQLite file, and one of its own', async () => {
    const run = await begun();
    const { list, at } = run;
    const with_ = (state: string): string[] => ['-i', list, '--state', state, '-o', at('out.ndjson')];
    await writeFile(
      at('text'),
      'this is no database, though it is longer than what one begins with\n'.repeat(9),
    );
    expect(await refusal(run, with_(at('text')))).toBe(
      `sluice: ${at('text')}: could not open the state: it is not an SQLite database. Give another name, or move that file away`,
    );
    const queue = await sqliteQueue(at('queue.db'));
    await queue.close();
    expect(await refusal(run, with_(at('queue.db')))).toBe(
      `sluice: ${at('queue.db')} is a queue, which --queue works on: give another file to --state`,
    );
    await expect(sqliteQueue(run.state)).rejects.toThrow(
      `${run.state} is the state of a run of the command, not a queue: run that again with --state to get its records`,
    );
    expect(await refusal(run, with_(list))).toContain('are the same file: write to another one');
    expect(await refusal(run, with_(at('no/run.db')))).toContain('its folder is not there: make it first');
    expect(await refusal(run, with_('/dev/null'))).toContain('/dev/null is no file: give the path of one');
  });

  it.each([['status'], ['collect'], ['work'], ['purge', '--yes']])(
    'is refused by sluice %s, for it is no queue',
    async (...verb) => {
      const run = await begun();
      const { code, stdout, stderr } = await sluice([...verb, '--queue', `sqlite:${run.state}`]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(
        `sluice: ${run.state} is the state of a run of the command, not a queue: run that again with --state to get its records\n`,
      );
      expect((await sluice(run.args)).code).toBe(1); // and is none the worse
      expect(run.site.asked.size).toBe(0);
    },
  );

  it('serves one run at a time', async () => {
    const run = await begun();
    let wake = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (wake = resolve));
    run.site.onRequest = () => wake();
    const { state } = run;
    const slow = [`${run.site.url}/slow`, '-q', '--state', `${state}2`, '--delay', '1h'];
    const first = start([...slow, `${run.site.url}/never`]);
    await isAsked;
    run.site.asked.clear();
    expect(await refusal(run, [...slow, `${run.site.url}/never`])).toBe(
      `sluice: ${state}2 is in use by process ${first.child.pid}: it serves one process at a time. Wait for that process, or end it`,
    );
    first.child.kill('SIGKILL');
    await first.end;
    const after = await sluice([...run.args]);
    expect(after.code).toBe(1);
  });

  it('needs inputs that can be read again', async () => {
    const run = await begun();
    const { state, at } = run;
    const why = 'can be read once: write it to a file, and give that with --input';
    const given = ['--state', state, '-o', at('out.ndjson')];
    expect(await refusal(run, given)).toBe(
      `sluice: --state reads the inputs again to go on with a run, and stdin ${why}`,
    );
    await promisify(execFile)('mkfifo', [at('pipe')]);
    expect(await refusal(run, ['-i', at('pipe'), ...given])).toContain(`"${at('pipe')}" ${why}`);
  });
});
