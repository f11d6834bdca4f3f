import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteQueue } from 'sluice/sqlite';
import { expect, it } from 'vitest';
import { queueLaws } from '../laws.js';

queueLaws({
  name: 'SQLite',
  async begin() {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-queue-'));
    return {
      open: (options) => sqliteQueue(join(folder, 'queue.db'), options),
      end: () => rm(folder, { recursive: true }),
    };
  },
});

it('says which option of a queue in a file there is not', async () => {
  const wrong = sqliteQueue('/nonexistent/queue.db', { leasetime: 5_000 } as object);
  await expect(wrong).rejects.toThrow(
    'sqliteQueue: there is no option `leasetime`; did you mean `leaseTime`?',
  );
});
