import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordLine } from '../../../lib/observe/report/record-line.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { sluice, start } from '../binary.js';
import { commandEngines } from './engines.js';
import { heldSite } from './held-site.js';

/** How a queue stands, as `sluice status --json-log` says it. */
async function statusOf(queue: string): Promise<Record<string, unknown>> {
  const { stdout } = await sluice(['status', '--queue', queue, '--json-log']);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function recordsIn(text: string): RecordLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RecordLine);
}

describe.each(commandEngines.filter(({ isMissing }) => !isMissing))('a queue on $name', (engine) => {
  beforeAll(() => engine.begin());
  afterAll(() => engine.end());

  it('is filled, worked on, looked at, written out and deleted', async () => {
    const queue = await engine.queue();
    const { path, files } = await temporaryFolder();
    const site = await heldSite(2);
    site.answer();
    const [a = '', b = '', c = ''] = site.urls(3);
    const lines = [
      a,
      '# none',
      b,
      `{"url": "${c}", "context": 7}`,
      a,
      '{"url": "http://a/", "methd": "GET"}',
    ];
    await writeFile(join(path, 'urls.txt'), lines.join('\n'));

    const added = await sluice(['enqueue', '-i', join(path, 'urls.txt'), '--queue', queue]);
    expect(added).toMatchObject({ code: 0, stdout: '' });
    expect(added.stderr).toMatch(/^sluice: 4 URLs added to \S+ in [\d.]+ m?s, 1 there already\n$/);
    const again = await sluice(['enqueue', '--queue', queue, '--json-log'], {
      input: `${b}\nhttp://127.0.0.1:1/`,
    });
    expect(JSON.parse(again.stderr)).toMatchObject({ added: 1, duplicates: 1 });
    expect(await statusOf(queue)).toMatchObject({ total: 5, queued: 5, leased: 0, done: 0, workers: [] });

    const worked = await sluice([
      'work',
      '--queue',
      queue,
      '-c',
      '4',
      '--retries',
      '0',
      '--user-agent',
      'W/1',
    ]);
    expect(worked).toMatchObject({ code: 1, stdout: '' });
    expect(worked.stderr).toMatch(/^5 URLs in [^:]+: 3 succeeded, 2 failed\n/);
    expect(site.agents).toEqual(['W/1', 'W/1', 'W/1']);

    const status = await sluice(['status', '--queue', queue]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout.split('\n').slice(1)).toEqual([
      '  queued     0',
      '  leased     0',
      '  done       5  100%',
      '  succeeded  3',
      '  failed     2  connect 1, invalid 1',
      '',
    ]);

    const output = join(path, 'out.ndjson');
    const more = [
      '--csv',
      join(path, 'out.csv'),
      '--report',
      join(path, 'r.html'),
      '--warc',
      join(path, 'w.warc.gz'),
    ];
    const collected = await sluice(['collect', '--queue', queue, '-o', output, '--body', 'text', ...more]);
    expect(collected).toEqual({
      code: 0,
      stdout: '',
      stderr: 'sluice: 5 records collected: 3 succeeded, 2 failed\n',
    });
    expect(recordsIn(await readFile(output, 'utf8'))).toMatchObject([
      { v: 1, index: 0, ok: true, request: { url: a }, status: 200, body: 'page' },
      { index: 1, request: { url: b } },
      { index: 2, request: { url: c, context: 7 } },
      {
        index: 3,
        error: {
          kind: 'invalid',
          message: expect.stringMatching(/urls\.txt, line 6: There is no key `methd`/) as string,
        },
      },
      { index: 4, error: { kind: 'connect' } },
    ]);
    expect((await readFile(join(path, 'out.csv'), 'utf8')).split('\r\n')).toHaveLength(7);
    expect(await files()).toEqual(['out.csv', 'out.ndjson', 'r.html', 'urls.txt', 'w.warc.gz']);

    const unsure = await sluice(['purge', '--queue', queue]);
    expect(unsure).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'sluice: sluice purge asks before it deletes, and nobody is at a terminal to answer: add --yes\n',
    });
    const purged = await sluice(['purge', '--queue', queue, '--yes']);
    expect(purged).toMatchObject({ code: 0, stdout: '' });
    expect(purged.stderr).toMatch(/^sluice: Deleted \S+, 5 URLs and 5 records\n$/);
    for (const verb of ['work', 'status', 'collect', 'purge']) {
      const gone = await sluice([verb, '--queue', queue, ...(verb === 'purge' ? ['--yes'] : [])]);
      expect(gone).toMatchObject({ code: 2, stdout: '' });
      expect(gone.stderr).toMatch(
        /^sluice: There is no queue [^\n]+: look at its name, or enqueue something first\n$/,
      );
    }
  });

  it('goes on where a killed worker was, and fetches again only what that had under way', async () => {
    const queue = await engine.queue();
    const site = await heldSite();
    await sluice([
      'enqueue',
      '--queue',
      queue,
      ...site.urls(20),
      ...(engine.isShared ? ['--lease-time', '1s'] : []),
    ]);
    const killed = start(['work', '--queue', queue, '-c', '3']);
    await site.until(() => site.agents.length === 3);
    killed.child.kill('SIGKILL');
    await killed.end;
    site.answer();
    expect(await sluice(['work', '--queue', queue, '-c', '3'])).toMatchObject({ code: 0 });
    expect(site.agents).toHaveLength(23);
    const { code, stdout } = await sluice(['collect', '--queue', queue]);
    expect(code).toBe(0);
    expect(recordsIn(stdout).map(({ index, ok }) => [index, ok])).toEqual(
      Array.from({ length: 20 }, (_, at) => [at, true]),
    );
  });

  it('has what a worker finished that was told to stop, and gets back the rest', async () => {
    const queue = await engine.queue();
    const site = await heldSite();
    await sluice(['enqueue', '--queue', queue, ...site.urls(10)]);
    const worker = start(['work', '--queue', queue, '-c', '3']);
    await site.until(() => site.agents.length === 3);
    worker.child.kill('SIGTERM');
    await worker.says(/no more URLs are taken, 3 are under way/);
    site.answer();
    expect(await worker.end).toMatchObject({ code: 130, stdout: '' });
    expect(await statusOf(queue)).toMatchObject({ queued: 7, leased: 0, done: 3, succeeded: 3, workers: [] });

    const { code, stdout, stderr } = await sluice(['collect', '--queue', queue]);
    expect(recordsIn(stdout)).toHaveLength(3);
    expect(stderr.split('\n')).toEqual([
      'sluice: 3 records collected: 3 succeeded, 0 failed',
      'sluice: 7 of 10 URLs are missing: not fetched yet',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('says of each line that cannot be fetched where it stands', async () => {
    const queue = await engine.queue();
    const lines = [
      'example.com/2',
      '{"url":',
      '{"url": "http://a/", "headers": {"a b": "c"}}',
      'http://a/ http://b/',
    ];
    await sluice(['enqueue', '--queue', queue], { input: lines.join('\n') });
    expect(await sluice(['work', '-q', '--queue', queue])).toMatchObject({ code: 1, stderr: '' });
    const { stdout } = await sluice(['collect', '-q', '--queue', queue]);
    expect(recordsIn(stdout).map(({ error }) => [error?.kind, error?.message.slice(0, 40)])).toEqual([
      ['invalid', 'stdin, line 1: "example.com/2" is not an'],
      ['invalid', 'stdin, line 2: The line begins with {, b'],
      ['invalid', expect.stringMatching(/^stdin, line 3: .*header/)],
      ['invalid', 'stdin, line 4: The line has white space '],
    ]);
  });

  it('gets back what is cut off by a second signal, of which nobody has a record', async () => {
    const queue = await engine.queue();
    const site = await heldSite();
    await sluice(['enqueue', '--queue', queue, ...site.urls(10)]);
    const worker = start(['work', '--queue', queue, '-c', '3', '-o', '-']);
    await site.until(() => site.agents.length === 3);
    worker.child.kill('SIGINT');
    await worker.says(/no more URLs are taken/);
    worker.child.kill('SIGTERM');
    const { code, stdout, stderr } = await worker.end;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('sluice: Cut off: 3 under way go back to the queue\n');
    expect(await statusOf(queue)).toMatchObject({ queued: 10, leased: 0, done: 0 });
  });

  it.skipIf(!engine.isShared)('is shared by two workers, and written out while they work', async () => {
    const queue = await engine.queue();
    const site = await heldSite(40); // so many that each worker is given shards with some of them
    await sluice(['enqueue', '--queue', queue, ...site.urls(80)]);
    const collecting = start(['collect', '--queue', queue, '--follow']);
    const workers = ['A', 'B'].map((agent) =>
      start(['work', '--queue', queue, '-c', '2', '-o', '-', '--user-agent', agent]),
    );
    await site.until(() => ['A', 'B'].every((agent) => site.agents.includes(agent)));
    const seen = (await statusOf(queue)) as { readonly workers: readonly { readonly held: number }[] };
    expect(seen.workers).toHaveLength(2);
    for (const { held } of seen.workers) expect(held).toBeGreaterThanOrEqual(1);
    site.answer();
    const shares = (await Promise.all(workers.map(({ end }) => end))).map(({ code, stdout }) => {
      expect(code).toBe(0);
      return recordsIn(stdout).map(({ index }) => index);
    });
    for (const share of shares) expect(share.length).toBeGreaterThan(0);
    const all = Array.from({ length: 80 }, (_, at) => at);
    expect(shares.flat().sort((one, other) => one - other)).toEqual(all);
    const { code, stdout } = await collecting.end;
    expect(code).toBe(0);
    expect(recordsIn(stdout).map(({ index }) => index)).toEqual(all);
  });
});
