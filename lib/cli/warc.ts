import type { Watcher } from './watcher.js';

/**
 * Writes the archive of `--warc`.
 *
 * @param software as the file is to name what wrote it: `sluice/1.2.3`
 */
export async function warcWatcher(file: string, software: string): Promise<Watcher> {
  const { openWarc } = await import('../observe/warc/index.js'); // warcio is for those who ask for it
  const archive = await openWarc(file, { info: { software } });
  return {
    async record(line, result) {
      await archive.write(result, line);
    },
    end: () => archive.close(),
  };
}
