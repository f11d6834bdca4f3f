import { describe, expect, it } from 'vitest';
import { pages, strayUrls } from '../../lib/cli/demo/site/pages.js';
import { startSite } from '../../lib/cli/demo/site/start-site.js';
import { binary, siteServer, sluice, start } from './binary.js';

/** The report's table: how often each kind of failure. */
function failuresIn(report: string): Record<string, number> {
  const rows = report.matchAll(/^ +(\d+) {2}([a-z-]+) +\S/gm);
  return Object.fromEntries([...rows].map(([, count, kind]) => [kind, Number(count)]));
}

/** A number that the report says before a word. */
function countOf(what: string, report: string): number {
  return Number(new RegExp(`(\\d+) ${what}`).exec(report)?.[1] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const total = pages.length + strayUrls.length;
const declared: Record<string, number> = {};
for (const { kind } of [...pages.flatMap(({ expected }) => (expected.ok ? [] : [expected])), ...strayUrls]) {
  declared[kind] = (declared[kind] ?? 0) + 1;
}

describe('sluice demo', { timeout: 60_000 }, () => {
  it('brings every URL of its site to the end that the site declares', async () => {
    const { code, stdout, stderr } = await sluice(['demo']);

    expect(stdout).toContain('every URL came to the end that the site declares for it');
    expect(failuresIn(stdout)).toStrictEqual(declared);
    const failed = sum(Object.values(declared));
    expect(stdout).toMatch(
      new RegExp(`^${total} URLs in .*: ${total - failed} succeeded, ${failed} failed\\n`),
    );
    expect(stderr).toMatch(
      /^sluice: Fetching \d+ URLs of a site on this machine that misbehaves on purpose\n/,
    );
    expect(stderr).toMatch(new RegExp(`^sluice: +\\d+/${total} done, `, 'm'));
    expect(stdout + stderr).not.toContain('\x1b');
    expect(code).toBe(0);
  });

  it('has a failure of every kind that a site and its network can cause', () => {
    expect(Object.keys(declared).sort()).toStrictEqual([
      'connect',
      'decode',
      'dns',
      'http',
      'invalid',
      'network',
      'protocol',
      'redirect',
      'timeout',
      'too-large',
    ]);
  });

  it('reports what Ctrl-C cut off, and ends with 130', async () => {
    const demo = start(['demo']);
    await demo.says(/ done, /); // the first line of progress: pages hang meanwhile
    demo.child.kill('SIGINT');
    const { code, stdout } = await demo.end;

    const kinds = failuresIn(stdout);
    const failed = countOf('failed', stdout);
    const cut = countOf('cut off', stdout);
    expect(cut).toBeGreaterThan(0);
    expect(kinds['cancelled']).toBeUndefined();
    expect(sum(Object.values(kinds))).toBe(failed);
    const notTaken = Number(/^Stopped: (\d+) of \d+ URLs were not taken$/m.exec(stdout)?.[1] ?? 0);
    expect(countOf('succeeded', stdout) + failed + cut + notTaken).toBe(total);
    expect(stdout).toContain('Stopped by Ctrl-C.');
    expect(code).toBe(130);
  });

  it('fetches the URLs it is given, and ends with 1 when one of them fails', async () => {
    const site = await startSite(siteServer);
    try {
      const [origin = ''] = site.origins;
      const mixed = await sluice(['demo', `${origin}/pages/1`, `${origin}/missing/0`, 'example.org']);
      expect(mixed.stdout).toMatch(/^3 URLs in .*: 1 succeeded, 2 failed\n/);
      expect(failuresIn(mixed.stdout)).toStrictEqual({ http: 1, invalid: 1 });
      expect(mixed.stdout).toContain(`${origin}/missing/0`);
      expect(mixed.code).toBe(1);

      const good = await sluice(['demo', `${origin}/pages/1`]);
      expect(good.stdout).toMatch(/^1 URL in .*: 1 succeeded, 0 failed\n/);
      expect(good.code).toBe(0);
    } finally {
      await site.close();
    }
  });

  it('names an option that it does not know, and ends with 2', async () => {
    const { code, stdout, stderr } = await sluice(['demo', 'http://localhost/', '--fast']);
    expect(stderr).toBe('sluice: There is no option "--fast": sluice demo --help lists them\n');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('ends quietly when nobody reads its report any more', async () => {
    const line = `"${process.execPath}" "${binary}" demo example.org | true; exit "\${PIPESTATUS[0]}"`;
    const { code, stderr } = await start([], ['bash', '-c', line]).end;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('explains itself', async () => {
    const { code, stdout } = await sluice(['demo', '--help']);
    expect(stdout).toMatch(/^Usage: sluice demo \[options\] \[url\.\.\.\]$/m);
    expect(code).toBe(0);
  });
});
