import { readFile, rm } from 'node:fs/promises';
import { seeded } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { sluice, start } from '../binary.js';
import { countingSite, listed, pathsIn, timeless } from './state-run.js';

/** By hand: STATE_INPUTS=40000 STATE_KILLS=20 FUZZ_SEED=7. */
const inputs = Number(process.env['STATE_INPUTS'] ?? 4_000);
const kills = Number(process.env['STATE_KILLS'] ?? 3);
const random = seeded(Number(process.env['FUZZ_SEED'] ?? 1));

describe('a run with --state that is killed', () => {
  it('is gone on with: nothing that has its record is fetched again, and the output is whole', async () => {
    const site = await countingSite();
    const { list, state, at } = await listed(site, inputs);
    const args = ['-q', '-i', list, '-c', '32', '--max-redirects', '5'];
    const undisturbed = await sluice([...args, '-o', at('undisturbed.ndjson')]);
    expect(undisturbed.code).toBe(1);

    site.asked.clear();
    let stored: readonly string[] = [];
    const again: string[] = [];
    const noteWhatCameAgain = (): void => {
      again.push(...stored.filter((path) => site.asked.has(path)));
      site.asked.clear();
    };
    const each = Math.floor(inputs / (kills + 1));
    for (let kill = 0; kill < kills; kill++) {
      const run = start([...args, '--state', state, '-o', at('out.ndjson')]);
      // some transactions of 500 records are over by then
      const killAt = 700 + Math.floor(random() * Math.max(0, each - 700));
      let requests = 0;
      site.onRequest = () => {
        if (++requests === killAt) run.child.kill('SIGKILL');
      };
      await run.end;
      expect(run.child.signalCode).toBe('SIGKILL');
      await rm(`${state}.lock`, { recursive: true, force: true });
      noteWhatCameAgain();
      const before = stored.length;
      stored = pathsIn(state);
      expect(stored.length).toBeGreaterThan(before);
    }
    site.onRequest = () => undefined;
    const last = await sluice([...args, '--state', state, '-o', at('out.ndjson')]);
    expect(last).toMatchObject({ code: 1, stderr: '' });
    expect(timeless(await readFile(at('out.ndjson'), 'utf8'))).toEqual(
      timeless(await readFile(at('undisturbed.ndjson'), 'utf8')),
    );
    noteWhatCameAgain();
    expect(again).toEqual([]);
  }, 120_000);
});
