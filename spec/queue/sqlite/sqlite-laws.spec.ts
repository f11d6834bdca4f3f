import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteQueue } from 'sluice/sqlite';
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
