import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueueError } from 'sluice/queue';
import { sqliteQueue } from 'sluice/sqlite';
import { describe, expect, it } from 'vitest';
import { makeReadOnly, resize, smallDisk } from '../../support/mounts.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const urls = Array.from({ length: 8_000 }, (_, at) => `http://a/${at}`);

async function errorOf(work: Promise<unknown>): Promise<QueueError> {
  const error: unknown = await work.then(
    () => 'nothing went wrong',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(QueueError);
  return error as QueueError;
}

describe('a queue in a file', () => {
  it('on a disk that fills up keeps what it has, and goes on when there is room', async (test) => {
    const { path } = await temporaryFolder();
    const disk = await smallDisk(path, '1m');
    if (disk === undefined) return test.skip('mount needs root');
    const file = join(disk, 'queue.db');
    const queue = await sqliteQueue(file);
    const { message, code } = await errorOf(queue.enqueue(urls));
    expect(message).toContain(`${file}: could not store inputs: `);
    expect(message).toMatch(/full/);
    expect(code).toMatch(/^SQLITE_(FULL|IOERR)$/);
    const { total } = await queue.counts();
    expect(total).toBeGreaterThan(0);
    expect(total % 1_000).toBe(0);
    await queue.close();

    await resize(disk, '16m');
    const again = await sqliteQueue(file);
    expect(await again.enqueue(urls)).toEqual({ added: urls.length - total, duplicates: total });
    expect((await again.lease(1)).map(({ request }) => request.url)).toEqual(['http://a/0']);
    await again.close();
    expect(await readdir(disk)).toEqual(['queue.db']);
  });

  it('that has no room to begin with says so', async (test) => {
    const { path } = await temporaryFolder();
    const disk = await smallDisk(path, '8k');
    if (disk === undefined) return test.skip('mount needs root');
    const { message } = await errorOf(sqliteQueue(join(disk, 'queue.db')));
    expect(message).toMatch(/could not open the queue: .*full/);
  });

  it('that is read-only, or its folder, is refused in a sentence that says so', async (test) => {
    const { path } = await temporaryFolder();
    const folder = join(path, 'folder');
    await mkdir(folder);
    const file = join(folder, 'queue.db');
    await (await sqliteQueue(file)).close();
    if (!(await makeReadOnly(file))) return test.skip('mount needs root');
    const sentence = 'could not open the queue: the file or its folder is read-only. It is written to also';
    expect((await errorOf(sqliteQueue(file))).message).toContain(`${file}: ${sentence}`);
    expect(await readdir(folder)).not.toContain('queue.db-users');
    await makeReadOnly(folder);
    expect((await errorOf(sqliteQueue(file))).message).toContain(`${file}: ${sentence}`);
    expect((await errorOf(sqliteQueue(join(folder, 'new.db')))).message).toContain(sentence);
  });

  it('whose folder is not there is refused, and no folder is made', async () => {
    const { path, files } = await temporaryFolder();
    const { message, code } = await errorOf(sqliteQueue(join(path, 'missing', 'queue.db')));
    expect(message).toContain('it cannot be opened. Its folder must exist and be writable');
    expect(code).toBe('SQLITE_CANTOPEN');
    expect(await files()).toEqual([]);
  });
});
