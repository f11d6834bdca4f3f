import { join } from 'node:path';
import { recordLine } from 'sluice/report';
import { failure, page, success } from 'sluice/testing';
import { expect, it } from 'vitest';
import { warcWatcher } from '../../lib/cli/warc.js';
import { readWarc } from '../observe/warc/read-warc.js';
import { temporaryFolder } from '../support/temporary-folder.js';

it('archives the records of a run under the name of what made it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'run.warc.gz');
  const watcher = await warcWatcher(file, 'sluice/1.2.3');
  const failed = failure('dns', { url: 'http://b/' });
  for (const result of [success(page('http://a/', { body: 'a' })), failed])
    await watcher.record?.(recordLine(result, { line: 9, body: 'text' }), result);
  expect(await folder.files()).not.toContain('run.warc.gz');
  await watcher.end?.({ duration: 1, isCut: true });
  const [info, response, , metadata] = await readWarc(file);
  expect(String(info?.payload)).toContain('software: sluice/1.2.3\r\n');
  expect(String(response?.payload)).toBe('a');
  expect(JSON.parse(String(metadata?.payload))).toMatchObject({ line: 9, error: { kind: 'dns' } });
});
