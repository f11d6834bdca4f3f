import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RecordLine } from '../../../lib/observe/report/record-line.js';
import { resize, smallDisk } from '../../support/mounts.js';
import { sluice } from '../binary.js';
import { countingSite, listed, pathsIn, timeless } from './state-run.js';

const inputs = 4_000;

it('a body that --save had no room for has no record, and is fetched when there is', async (test) => {
  const site = await countingSite();
  const { list, state, at } = await listed(site, 40);
  const disk = await smallDisk(at('.'), '64k'); // a body takes a page of it
  if (disk === undefined) return test.skip('mount needs root');
  const args = ['-q', '-i', list, '--state', state, '-o', at('out.ndjson'), '--save', join(disk, 'pages')];
  const full = await sluice([...args, '-c', '2']);
  expect(full.stderr).toBe(`sluice: Cannot write ${join(disk, 'pages')}: the disk is full (ENOSPC)\n`);
  expect(full.code).toBe(3);
  const failed = failedIn(await readFile(at('out.ndjson'), 'utf8'), 'resource');
  expect(failed.length).toBeGreaterThan(0);
  const stored = pathsIn(state);
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.filter((path) => failed.includes(path))).toEqual([]);

  await resize(disk, '4m');
  site.asked.clear();
  expect(await sluice(args)).toMatchObject({ code: 1, stderr: '' });
  expect(stored.filter((path) => site.asked.has(path))).toEqual([]);
  expect(failed.filter((path) => !site.asked.has(path))).toEqual([]);
  const records = await readFile(at('out.ndjson'), 'utf8');
  expect(timeless(records)).toHaveLength(41);
  expect(failedIn(records, 'resource')).toEqual([]);
});

/** The paths whose record is a failure of a kind. */
function failedIn(records: string, kind: string): string[] {
  return (timeless(records) as RecordLine[])
    .filter(({ error }) => error?.kind === kind)
    .map(({ request }) => new URL(request.url).pathname);
}

it('a state on a disk that fills up ends the run with 3, and is gone on with when there is room', async (test) => {
  const site = await countingSite();
  const { list, at } = await listed(site, inputs);
  const disk = await smallDisk(at('.'), '1m');
  if (disk === undefined) return test.skip('mount needs root');
  const state = join(disk, 'run.db');
  const args = ['-q', '-i', list, '--state', state, '-o', at('out.ndjson'), '-c', '64'];
  const full = await sluice(args);
  expect(full.stderr).toContain(`sluice: ${state}: could not store records: `);
  expect(full.stderr).toMatch(/full/);
  expect(full.stderr.trimEnd()).not.toContain('\n');
  expect(full.code).toBe(3);

  await resize(disk, '16m');
  const stored = pathsIn(state);
  expect(stored.length).toBeGreaterThanOrEqual(500);
  expect(stored.length).toBeLessThan(inputs);
  site.asked.clear();
  expect(await sluice(args)).toMatchObject({ code: 1, stderr: '' });
  expect(stored.filter((path) => site.asked.has(path))).toEqual([]);
  expect(timeless(await readFile(at('out.ndjson'), 'utf8'))).toHaveLength(inputs + 1);
});
