import { hostname } from 'node:os';
import { join } from 'node:path';
import { Database } from 'node-sqlite3-wasm';
import { sqliteQueue } from 'sluice/sqlite';
import { describe, expect, it } from 'vitest';
import type { FetchResult } from '../../../lib/model/result.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A file as its first version was left behind by a worker of another machine that died at `http://a/5`. */
const versionOne = `
  CREATE TABLE inputs (
    idx INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0,
    holder INTEGER,
    deaths INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX open_inputs ON inputs (state, due, idx) WHERE state < 2;
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    idx INTEGER NOT NULL UNIQUE,
    kind TEXT,
    record TEXT NOT NULL,
    body BLOB
  ) STRICT;
  CREATE INDEX failed_records ON records (kind) WHERE kind IS NOT NULL;
  CREATE TABLE workers (id INTEGER PRIMARY KEY, process TEXT NOT NULL) STRICT;
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  INSERT INTO inputs VALUES
    (0, '-yRrh62_gROB5ibcVBVWy0', '{"url":"http://a/1"}', 2, 1795373579104, NULL, 0),
    (1, 'Kxq-mf4V8_06j457UPDRzY', '{"url":"http://a/2","context":{"n":2}}', 2, 1795373579112, NULL, 0),
    (2, 'GS4YcbH2yTsdHBDqXU2xLx', '{"url":"http://a/3","method":"POST","body":"b"}', 2, 1795373579115, NULL, 0),
    (3, 'IiEcCJRbFDWiAeJsT1CmGB', '{"url":"nonsense"}', 2, 1795373579128, NULL, 0),
    (4, 'tR-v0viPuXzxoPc359gtgo', '{"url":"http://a/5"}', 1, 1000, 1, 0),
    (5, 'OGfNAsPWC99dWDTopnyr0s', '{"url":"http://a/6"}', 0, 0, NULL, 0);
  INSERT INTO records VALUES
    (1, 2, NULL, '{"attempts":1,"waited":13,"duration":7,"page":{"url":"http://a/3","redirects":[],"status":200,"headers":{},"encodedBytes":5}}', x'68656c6c6f'),
    (2, 0, NULL, '{"attempts":2,"waited":0,"duration":5,"page":{"url":"http://a/one","redirects":["http://a/1"],"status":200,"headers":{"content-type":"text/plain"},"encodedBytes":5}}', x'68656c6c6f'),
    (3, 1, 'dns', '{"attempts":1,"waited":0,"duration":0,"error":{"kind":"dns","message":"GET http://a/2: no address","code":"ENOTFOUND","retryable":false}}', NULL),
    (4, 3, 'invalid', '{"attempts":0,"waited":0,"duration":0,"error":{"kind":"invalid","message":"\\"nonsense\\" is not an absolute URL","retryable":false}}', NULL);
  INSERT INTO workers VALUES (1, '${hostname()}-elsewhere 4242 5101955');
  PRAGMA user_version = 1;`;

async function fileOfVersionOne(): Promise<string> {
  const file = join((await temporaryFolder()).path, 'queue.db');
  const database = new Database(file);
  database.exec(versionOne);
  database.close();
  return file;
}

function told(file: string, sql: string): unknown {
  const database = new Database(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    return database.all(sql);
  } finally {
    database.close();
  }
}

describe('a file of the first version', () => {
  it('becomes one of the second, and keeps inputs and records', async () => {
    const file = await fileOfVersionOne();
    const queue = await sqliteQueue(file);
    expect(await queue.counts()).toMatchObject({ total: 6, done: 4, failed: { dns: 1, invalid: 1 } });
    const records: FetchResult[] = [];
    for await (const record of queue.results()) records.push(record);
    expect(records).toMatchObject([
      { index: 0, ok: true, request: { url: 'http://a/1' }, attempts: 2, waited: 0, duration: 5 },
      { index: 1, ok: false, request: { context: { n: 2 } }, error: { kind: 'dns', code: 'ENOTFOUND' } },
      { index: 2, ok: true, request: { method: 'POST', body: 'b' }, waited: 13 },
      { index: 3, ok: false, attempts: 0, error: { kind: 'invalid' } },
    ]);
    const pages = records.flatMap((record) => (record.ok ? [record.value] : []));
    expect(pages.map((page) => page.text())).toEqual(['hello', 'hello']);
    expect(pages[0]).toMatchObject({ url: 'http://a/one', redirects: ['http://a/1'], status: 200 });
    const settled: number[] = [];
    for await (const { index } of queue.results({ order: 'settled' })) settled.push(index);
    expect(settled).toEqual([2, 0, 1, 3]);
    await queue.close();
    expect(told(file, 'PRAGMA user_version')).toEqual([{ user_version: 2 }]);
    expect(told(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('hands out what has no record, also what a dead worker held, and knows what it has', async () => {
    const queue = await sqliteQueue(await fileOfVersionOne());
    const inputs = ['http://a/1', 'http://a/5', { url: 'http://a/3', method: 'POST', body: 'b' }, 'nonsense'];
    expect(await queue.enqueue(inputs)).toEqual({ added: 0, duplicates: 4 });
    expect(await queue.enqueue(['http://a/7'])).toEqual({ added: 1, duplicates: 0 });
    const leases = await queue.lease(10);
    expect(leases.map(({ index, request }) => [index, request.url]).sort()).toEqual([
      [4, 'http://a/5'],
      [5, 'http://a/6'],
      [6, 'http://a/7'],
    ]);
    expect(await queue.workers()).toMatchObject([
      { process: `${hostname()} ${process.pid}`, held: 3, stored: 0 },
    ]);
    await queue.close();
  });

  it('is opened again as it was left', async () => {
    const file = await fileOfVersionOne();
    await (await sqliteQueue(file)).close();
    const queue = await sqliteQueue(file, { mustExist: true });
    expect(await queue.counts()).toMatchObject({ total: 6, done: 4, failed: { dns: 1, invalid: 1 } });
    await queue.close();
  });
});
