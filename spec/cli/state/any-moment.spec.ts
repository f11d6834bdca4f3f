import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Watcher } from '../../../lib/cli/watcher.js';
import type { Page } from '../../../lib/model/page.js';
import type { FetchRequest } from '../../../lib/model/request.js';
import { page } from '../../../lib/testing/index.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { runOf, type RunOf } from '../run-of.js';

const count = 12;
const paths = Array.from({ length: count }, (_, at) => `http://host/${at}`);

/** Runs of one list and one state, in this process. */
async function runsOfOneList() {
  const { path } = await temporaryFolder();
  const [list, file] = [join(path, 'urls.txt'), join(path, 'run.db')];
  await writeFile(list, `${paths.join('\n')}\n`);
  const fetched: string[] = [];
  const transport = ({ url }: FetchRequest): Observable<Page> => {
    fetched.push(String(url));
    return of(page(String(url), { status: String(url).endsWith('/3') ? 404 : 200 }));
  };
  return {
    fetched,
    /** @param stopAt sends Ctrl-C, as often as `signals`, when so many records are out */
    start(concurrency: number, stopAt = Infinity, signals = 1): RunOf {
      let out = 0;
      const watcher: Watcher = {
        record: () => {
          if (++out !== stopAt) return;
          run.signals.emit('SIGINT');
          if (signals > 1) run.signals.emit('SIGTERM');
        },
      };
      const run = runOf(
        {
          inputs: { urls: [], files: [list] },
          fetch: { transport, concurrency, retry: { limit: 0 } },
          state: { file, purpose: new Map() },
        },
        { watchers: [watcher] },
      );
      return run;
    },
  };
}

describe('runs of one list with a state', () => {
  it('fetch each input once between them, whenever they are stopped', async () => {
    const stops = fc.array(
      fc.record({
        concurrency: fc.integer({ min: 1, max: 5 }),
        after: fc.integer({ min: 1, max: count }),
        signals: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 4 },
    );
    const isFetchedOnce = fc.asyncProperty(stops, async (all) => {
      const { fetched, start } = await runsOfOneList();
      for (const { concurrency, after, signals } of all) await start(concurrency, after, signals).code;
      expect(await start(3).code).toBe(1); // one of them is missing
      expect([...fetched].sort()).toEqual([...paths].sort());
      const before = fetched.length;
      const again = start(3);
      expect(await again.code).toBe(1);
      expect(fetched.length).toBe(before);
      expect(again.said.join('')).toContain(`Going on: ${count} of the inputs have their record`);
      expect(again.said.join('')).toContain('1 of the 12 records from before is a failure');
    });
    await fc.assert(isFetchedOnce, { numRuns: 25 });
  });
});
