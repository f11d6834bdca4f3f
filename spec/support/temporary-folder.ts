import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is there until the test is over. */
export async function temporaryFolder(): Promise<{ readonly path: string; files(): Promise<string[]> }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return { path, files: async () => (await readdir(path)).sort() };
}
