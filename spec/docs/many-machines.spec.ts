import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../lib/cli/exit-codes.js';
import { queueAddress } from '../../lib/cli/queue/address.js';
import { natsPath } from '../support/nats.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const text = readFileSync(new URL('../../docs/22-many-machines.md', import.meta.url), 'utf8');

/** The blocks of a language, as they stand there. */
function blocksOf(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  );
}

describe('docs/22-many-machines.md', () => {
  it.skipIf(natsPath === undefined)('has configurations that nats-server takes', async () => {
    const configurations = blocksOf('conf');
    expect(configurations).not.toEqual([]);
    const { path } = await temporaryFolder();
    const file = join(path, 'nats.conf');
    for (const configuration of configurations) {
      await writeFile(file, configuration);
      const { stderr } = await promisify(execFile)(natsPath ?? '', ['-t', '-c', file]);
      expect(stderr).toContain('is valid');
    }
  });

  it('has manifests that are YAML', async () => {
    const manifests = blocksOf('yaml');
    expect(manifests).toHaveLength(2);
    for (const manifest of manifests) expect(await format(manifest, { parser: 'yaml' })).not.toBe('');
    await expect(format('a: [', { parser: 'yaml' })).rejects.toThrow('Flow sequence');
  });

  it('has addresses of queues that the command reads', () => {
    const files = [...text.matchAll(/\{ ?"queue": "[^}]*\}/g)].map(([file]) => file);
    expect(files).toHaveLength(2);
    for (const file of files) {
      const { queue } = JSON.parse(file) as { readonly queue: string };
      expect(queueAddress(queue)).toMatchObject({ engine: 'jetstream', name: 'pages', user: 'sluice' });
    }
  });

  it('takes the exit code of a worker that was stopped for a success', () => {
    const [, code] = /^SuccessExitStatus=(\d+)$/m.exec(text) ?? [];
    expect(Number(code)).toBe(exitCodes.interrupted);
  });

  it('gives a worker of Kubernetes as long to end as it gives one of systemd, or longer', () => {
    const [, systemd] = /^TimeoutStopSec=(\d+)$/m.exec(text) ?? [];
    const [, kubernetes] = /terminationGracePeriodSeconds: (\d+)$/m.exec(text) ?? [];
    expect(Number(kubernetes)).toBeGreaterThanOrEqual(Number(systemd));
  });
});
