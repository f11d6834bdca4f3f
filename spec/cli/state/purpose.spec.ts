import { describe, expect, it } from 'vitest';
import { belongsElsewhere, type Purpose } from '../../../lib/cli/state/purpose.js';
import { planned, type World } from '../parsed.js';

const files = { files: { 'page.json': '{}', 'same.json': '{}' } };

/** What a command line wants of its state file. */
async function purposeOf(argv: readonly string[], world?: World): Promise<Purpose> {
  const { state } = await planned(['--state', 'run.db', ...argv], world);
  if (!state) throw new Error('no state');
  return state.purpose;
}

describe('the purpose of a run', () => {
  it('is what is fetched and what a record holds, in the words that were given', async () => {
    const given = ['--save', 'pages', '--robots', '--max-body', '1MB', '--cookies', '--method', 'HEAD'];
    expect(Object.fromEntries(await purposeOf(given))).toEqual({
      '--save': 'pages',
      '--robots': 'given',
      '--max-body': '1MB',
      '--cookies': 'given',
      '--method': 'HEAD',
    });
  });

  it('is not when, how quickly and by which way, nor where records go', async () => {
    const given = [
      ...['-c', '3', '--per-host', '1', '--rate', '5/s', '--timeout', '5s', '--retries', '0', '--http2'],
      ...['--proxy', 'env', '-o', 'a.ndjson', '--csv', 'a.csv', '--report', 'a.html', '--quiet'],
    ];
    expect((await purposeOf(given)).size).toBe(0);
  });

  it.each([
    ['--body', 'none', 'text'],
    ['--max-body', '10MiB', '10MB'],
    ['--max-body', '10485760B', '1MiB'],
    ['--max-redirects', '10', '9'],
    ['--method', 'GET', 'HEAD'],
    ['--private-addresses', 'direct', 'block'],
    ['--accept-status', '200-299', '200-299,404'],
    ['--accept-status', '200-250,251-299', '200-298'],
  ])('is the same with %s %s as without it, and not with %s', async (option, usual, other) => {
    expect((await purposeOf([option, usual])).size).toBe(0);
    expect(Object.fromEntries(await purposeOf([option, other]))).toEqual({ [option]: other });
  });

  it('counts the method that --data means by itself as usual', async () => {
    expect([...(await purposeOf(['--data', 'a', '--method', 'POST'])).keys()]).toEqual(['--data']);
    expect([...(await purposeOf(['--data', 'a', '--method', 'PUT'])).keys()]).toEqual(['--method', '--data']);
  });

  it('knows what is sent by its digest, whatever it was read from', async () => {
    const one = await purposeOf(['--data', '@page.json'], files);
    expect(one.get('--data')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one).toEqual(await purposeOf(['--data', '@same.json'], files));
    expect(one).toEqual(await purposeOf(['--data', '{}']));
    expect(one).not.toEqual(await purposeOf(['--data', '[]']));
  });

  it('is that a secret is given, and not which', async () => {
    const with_ = (...headers: string[]): Promise<Purpose> =>
      purposeOf(headers.flatMap((header) => ['--header', header]));
    const secret = await with_('Authorization: Bearer a', 'X-Key: a');
    expect(secret).toEqual(await with_('authorization: Bearer b', 'x-key: a'));
    expect(secret).not.toEqual(await with_('X-Key: a'));
    expect(secret).not.toEqual(await with_('Authorization: Bearer a', 'X-Key: b'));
    expect(JSON.stringify([...secret])).not.toContain('Bearer');
  });

  it('says of another one in what they differ, and shows no digest', () => {
    const known = new Map([
      ['--body', 'text'],
      ['--data', 'sha256:1'],
      ['--cookies', 'given'],
    ]);
    expect(belongsElsewhere(known, new Map(known))).toBeUndefined();
    expect(
      belongsElsewhere(
        known,
        new Map([
          ['--body', 'base64'],
          ['--data', 'sha256:2'],
          ['--robots', 'given'],
        ]),
      ),
    ).toBe(
      '--body was text, and is base64 now; --data is not what it was then; it had --cookies, which is missing now; it had no --robots',
    );
  });
});
