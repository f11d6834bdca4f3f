import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqliteQueue } from 'sluice/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../support/servers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const program = fileURLToPath(new URL('worker.ts', import.meta.url));
const inputs = 1_000;

describe('a queue in a file', () => {
  it('is shared by two processes where SQLite is built in: each input is fetched by one of them', async (test) => {
    if (process.getBuiltinModule('node:sqlite') === undefined) {
      return test.skip(`Node ${process.versions.node} has no node:sqlite: run this with 22.13 or later`);
    }
    const { path } = await temporaryFolder();
    const file = join(path, 'queue.db');
    const asked = new Map<string, number>();
    const connections = new Set<unknown>();
    let answer = (): void => undefined;
    const bothAreThere = new Promise<void>((resolve) => (answer = resolve));
    const server = await serve(({ url = '', socket }, response) => {
      asked.set(url, (asked.get(url) ?? 0) + 1);
      connections.add(socket);
      if (connections.size > 64) answer(); // more than one worker has
      void bothAreThere.then(() => response.end(`page ${url}`));
    });
    onTestFinished(() => server.close());
    const workers = [1, 2].map(() =>
      spawn(process.execPath, ['--import', 'tsx', program, file, String(inputs), server.url], {
        stdio: 'inherit',
      }),
    );
    onTestFinished(() => workers.forEach((worker) => void worker.kill('SIGKILL')));
    const ends = await Promise.all(workers.map((worker) => once(worker, 'exit')));
    expect(ends.map(([code]) => code as unknown)).toEqual([0, 0]);
    expect(asked.size).toBe(inputs);
    expect(new Set(asked.values())).toEqual(new Set([1]));
    const queue = await sqliteQueue(file);
    expect(await queue.counts()).toMatchObject({ total: inputs, queued: 0, leased: 0, done: inputs });
    await queue.close();
  });
});
