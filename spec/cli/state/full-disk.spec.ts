import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resize, smallDisk } from '../../support/mounts.js';
import { sluice } from '../binary.js';
import { countingSite, listed, pathsIn, timeless } from './state-run.js';

const inputs = 4_000;

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
