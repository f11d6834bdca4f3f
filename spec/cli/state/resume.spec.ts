import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readWarc } from '../../observe/warc/read-warc.js';
import { serve, type TestServer } from '../../support/servers.js';
import { sluice, start } from '../binary.js';
import { countingSite, listed, pathsIn, timeless } from './state-run.js';

/** A server that keeps its answers back until it is opened. */
async function heldSite(): Promise<
  TestServer & { held: ServerResponse[]; isHeld(count: number): Promise<void>; answerAll(): void }
> {
  const held: ServerResponse[] = [];
  let isOpen = false;
  let wake = (): void => undefined;
  const server = await serve((_request, response) => {
    if (isOpen) response.end('page');
    else held.push(response);
    wake();
  });
  onTestFinished(() => server.close());
  return Object.assign(server, {
    held,
    isHeld: (count: number) =>
      new Promise<void>((resolve) => {
        wake = () => {
          if (held.length >= count) resolve();
        };
        wake();
      }),
    answerAll: () => {
      isOpen = true;
      for (const response of held.splice(0)) response.end('page');
    },
  });
}

describe('a run with --state', () => {
  it('that is stopped says how to go on; what was cut off is fetched then', async () => {
    const site = await heldSite();
    const { list, state, at } = await listed(site, 10);
    const args = ['-i', list, '--state', state, '-o', at('out.ndjson'), '-c', '3'];

    const first = start(args);
    await site.isHeld(3);
    for (const response of site.held.splice(0, 2)) response.end('page');
    await site.isHeld(3); // two have their record, and two more were taken for them
    first.child.kill('SIGINT');
    await first.says(/no more URLs are taken/);
    first.child.kill('SIGTERM');
    const stopped = await first.end;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(
      `sluice: Give the same command again to go on: ${state} has the records of 2 inputs\n`,
    );
    expect(timeless(await readFile(at('out.ndjson'), 'utf8'))).toHaveLength(5); // three of them are cancelled
    expect(pathsIn(state)).toHaveLength(2);

    site.answerAll();
    const second = await start(args).end;
    expect(second.stderr).toContain('sluice: Going on: 2 of the inputs have their record from before\n');
    expect(second.stderr).toMatch(/^9 URLs in /m);
    expect(second.code).toBe(1); // a line is no URL
    const records = timeless(await readFile(at('out.ndjson'), 'utf8')) as { index: number; ok: boolean }[];
    expect(records.map(({ index }) => index)).toEqual([...Array(11).keys()]);
    expect(records.filter(({ ok }) => !ok).map(({ index }) => index)).toEqual([10]);
  });

  it('stops at a failure and goes on behind it', async () => {
    const site = await countingSite();
    const { list, state, at } = await listed(site, 20); // 7 and 17 are missing
    const args = ['-q', '-i', list, '--state', state, '-o', at('out.ndjson'), '-c', '1', '--fail-fast'];
    expect(await sluice(args)).toMatchObject({ code: 1, stderr: '' });
    expect(pathsIn(state)).toHaveLength(8);
    expect(await sluice(args)).toMatchObject({ code: 1, stderr: '' });
    expect(pathsIn(state)).toHaveLength(18);
    const records = timeless(await readFile(at('out.ndjson'), 'utf8'));
    expect(records).toHaveLength(18);
  });

  it('that is finished fetches nothing and writes all outputs', async () => {
    const site = await countingSite();
    const { list, state, at } = await listed(site, 30);
    const outputs = (name: string): string[] => [
      ...['-o', at(`${name}.ndjson`), '--csv', at(`${name}.csv`), '--warc', at(`${name}.warc.gz`)],
      ...['--report', at(`${name}.html`), '--marbles', at(`${name}.txt`)],
    ];
    const args = ['-i', list, '--body', 'text', '--state', state, '--header', 'Cookie: secret=1'];
    expect(await sluice([...args, '-q', ...outputs('first')])).toMatchObject({ code: 1, stderr: '' });
    expect(String(await readFile(state))).not.toContain('secret=1');
    site.asked.clear();
    // what says how, and not what, may be another, and so may a secret that was renewed
    const others = ['-c', '3', '--timeout', '5s', '--retries', '0', '--per-host', '1'];
    const again = await sluice([...args.slice(0, -1), 'Cookie: secret=2', ...others, ...outputs('second')]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(
      /^sluice: Going on: 31 of the inputs have their record from before\n0 URLs: /,
    );
    expect(again.stderr.split('\n').at(-2)).toBe(
      `sluice: 4 of the 31 records from before are failures: \`sluice explain ${at('second.ndjson')}\` tells of them`,
    );
    expect(site.asked.size).toBe(0);

    const both = (end: string): Promise<string[]> =>
      Promise.all(['first', 'second'].map((name) => readFile(at(name + end), 'utf8')));
    const [records, replayed] = await both('.ndjson');
    expect(records?.split('\n').sort()).toEqual(replayed?.split('\n').sort());
    const [rows, replayedRows] = await both('.csv');
    expect(rows?.split('\r\n').sort()).toEqual(replayedRows?.split('\r\n').sort());
    const [diagram, redrawn] = await both('.txt');
    expect(redrawn).toBe(diagram);
    expect((await both('.html')).every((page) => page.includes('</html>'))).toBe(true);
    const archives = await Promise.all(
      ['first', 'second'].map(async (name) =>
        (await readWarc(at(`${name}.warc.gz`)))
          .filter(({ type }) => type !== 'warcinfo')
          .map(({ type, uri, payload }) => `${type} ${uri} ${String(payload)}`)
          .sort(),
      ),
    );
    expect(archives[1]).toEqual(archives[0]);
    expect(archives[0]?.length).toBeGreaterThan(60);
  });

  it('has each input under its own place, also where two are the same', async () => {
    const site = await countingSite();
    const { state, at } = await listed(site, 0);
    await writeFile(at('twice.txt'), `${site.url}/a\n${site.url}/a\n`);
    const args = ['-q', `${site.url}/a`, '-i', at('twice.txt'), '--state', state, '-o', at('out.ndjson')];
    expect(await sluice(args)).toMatchObject({ code: 0 });
    expect(await sluice(args)).toMatchObject({ code: 0 });
    expect(site.asked.get('/a')).toBe(3);
    expect(timeless(await readFile(at('out.ndjson'), 'utf8'))).toMatchObject([
      { index: 0 },
      { index: 1, line: 1 },
      { index: 2, line: 2 },
    ]);
  });
});
