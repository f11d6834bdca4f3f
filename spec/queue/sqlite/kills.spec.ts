import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from 'node-sqlite3-wasm';
import type { FetchResult } from 'sluice';
import { sqliteQueue } from 'sluice/sqlite';
import { seeded } from 'sluice/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../support/servers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** By hand: QUEUE_INPUTS=60000 QUEUE_KILLS=20 FUZZ_SEED=7. */
const inputs = Number(process.env['QUEUE_INPUTS'] ?? 1_500);
const kills = Number(process.env['QUEUE_KILLS'] ?? 3);
const random = seeded(Number(process.env['FUZZ_SEED'] ?? 1));
const concurrency = 64;

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

const workers = new Set<ChildProcess>();
afterEach(() => {
  for (const worker of workers) worker.kill('SIGKILL');
});

function work(...args: readonly string[]): ChildProcess {
  const worker = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: 'inherit' });
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
  return worker;
}

/** Resolves to the signal that ended it, or its exit code. */
async function endOf(worker: ChildProcess): Promise<unknown> {
  const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

async function recordsOf(file: string): Promise<FetchResult[]> {
  const queue = await sqliteQueue(file);
  const records: FetchResult[] = [];
  for await (const record of queue.results()) records.push(record);
  await queue.close();
  return records;
}

function isWhole(file: string): boolean {
  const database = new Database(file);
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  const [answer] = database.all('PRAGMA integrity_check');
  database.close();
  return answer?.['integrity_check'] === 'ok';
}

describe('a queue in a file whose workers are killed', () => {
  it('has each record once, of the pages an undisturbed run would have, and fetched few twice', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'queue.db');
    let worker: ChildProcess | undefined;
    let killAt = Infinity;
    const asked = new Map<string, number>();
    let requests = 0;
    const server: TestServer = await serve(({ url = '' }, response) => {
      asked.set(url, (asked.get(url) ?? 0) + 1);
      if (++requests >= killAt) worker?.kill('SIGKILL');
      response.end(`page ${url}`);
    });
    const each = Math.floor(inputs / (kills + 1));
    for (let kill = 0; kill < kills; kill++) {
      killAt = requests + 1 + Math.floor(random() * each);
      worker = work(file, String(inputs), server.url);
      expect(await endOf(worker)).toBe('SIGKILL');
    }
    killAt = Infinity;
    worker = work(file, String(inputs), server.url);
    expect(await endOf(worker)).toBe(0);
    await server.close();

    const records = await recordsOf(file);
    expect(records.map(({ index }) => index)).toEqual([...Array(inputs).keys()]);
    const texts = records.map((record) => (record.ok ? record.value.text() : record.error.message));
    expect(texts).toEqual(Array.from({ length: inputs }, (_, at) => `page /${at}`));
    const again = [...asked.values()].reduce((sum, times) => sum + times - 1, 0);
    expect(again).toBeLessThanOrEqual(kills * concurrency);
    expect(isWhole(file)).toBe(true);
  }, 600_000);

  it('gives up an input that kills each worker that fetches it, and no other', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'queue.db');
    const server = await serve((_request, response) => response.end('page'));
    const ends: unknown[] = [];
    do ends.push(await endOf(work(file, '200', server.url, '7')));
    while (ends.length < 10 && ends.at(-1) !== 0);
    await server.close();

    expect(ends).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL', 0]);
    const records = await recordsOf(file);
    const failed = records.filter(({ ok }) => !ok);
    expect(records).toHaveLength(200);
    expect(failed).toMatchObject([{ index: 7, attempts: 4, error: { kind: 'unknown', code: 'POISON' } }]);
  });
});
