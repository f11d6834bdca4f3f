import { chmodSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkFiles, type FilesInUse } from '../../lib/cli/check-files.js';
import { UsageError } from '../../lib/cli/usage-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = (await temporaryFolder()).path;
  writeFileSync(at('urls.txt'), 'http://localhost/\n');
  mkdirSync(at('folder'));
});

/** The sentence that stands in the way; undefined: none does. */
function trouble(files: Partial<FilesInUse>): string | undefined {
  try {
    checkFiles({ inputs: [], reads: [], outputs: {}, hasStdout: false, ...files });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
}

/** Root may do everything: what a mode forbids cannot be tested as root. */
const isRoot = process.getuid?.() === 0;

describe('an input', () => {
  it('is a file that can be read, or stdin', () => {
    expect(trouble({ inputs: [at('urls.txt'), '-', '/dev/null'] })).toBeUndefined();
  });

  it.each([
    ['none', 'The input "none" cannot be read: there is none of that name: check the path'],
    ['folder', 'The input "folder" is a folder: name a file in it'],
    ['urls.txt/a', 'The input "urls.txt/a" cannot be read: a part of its path is no folder: check the path'],
    ['x'.repeat(300), /^The input "x{57}…" cannot be read: its name is too long: choose a shorter one$/],
  ])('is not %s', (name, sentence) => {
    process.chdir(folder);
    expect(trouble({ inputs: [name] })).toMatch(sentence);
  });

  it.skipIf(isRoot)('has to be readable', () => {
    chmodSync(at('urls.txt'), 0o200);
    expect(trouble({ inputs: [at('urls.txt')] })).toContain('this user has no permission');
  });

  it('may go round in a circle, and is told so', () => {
    symlinkSync('b', at('a'));
    symlinkSync('a', at('b'));
    expect(trouble({ inputs: [at('a')] })).toContain('its links go round in a circle');
    expect(trouble({ outputs: { output: at('a') } })).toContain('its links go round in a circle');
  });
});

describe('an output', () => {
  it('can be made or replaced, and looking changes nothing', () => {
    writeFileSync(at('old.csv'), 'old');
    const before = readdirSync(folder);
    const outputs = { output: at('new.ndjson'), csv: at('old.csv'), report: '/dev/null', warc: undefined };
    expect(trouble({ outputs, save: at('folder/deep/er') })).toBeUndefined();
    expect(readdirSync(folder)).toEqual(before);
    expect(readdirSync(at('folder'))).toEqual([]);
  });

  it('is no folder, and stands in one that is there', () => {
    expect(trouble({ outputs: { output: at('folder') } })).toMatch(
      /^--output ".*folder" is a folder: name a file in it$/,
    );
    expect(trouble({ outputs: { csv: at('no/such.csv') } })).toMatch(
      /^--csv ".*" cannot be written: its folder is not there: make it first$/,
    );
    expect(trouble({ outputs: { report: at('urls.txt/r.html') } })).toMatch(
      /^--report ".*" cannot be written: a part of its path is no folder: check the path$/,
    );
  });

  it.skipIf(isRoot)('has to be writable, as its folder has', () => {
    chmodSync(at('folder'), 0o500);
    expect(trouble({ outputs: { output: at('folder/a') } })).toContain('this user has no permission');
    expect(trouble({ save: at('folder/pages') })).toContain('this user has no permission');
  });

  it('of --save is a folder', () => {
    expect(trouble({ save: at('urls.txt') })).toMatch(
      /^--save expects a folder, and ".*" is a file: name another$/,
    );
    expect(trouble({ save: at('urls.txt/pages') })).toMatch(/^--save expects a folder, and ".*" is a file/);
  });
});

describe('one file with two uses', () => {
  const same = /^--output .* and the input .* are the same file: write to another one$/;

  it.each<[string, () => string]>([
    ['by name', () => at('urls.txt')],
    ['by another path', () => join(folder, 'folder', '..', 'urls.txt')],
    [
      'through a link',
      () => {
        symlinkSync('urls.txt', at('link'));
        return at('link');
      },
    ],
    [
      'through a hard link',
      () => {
        linkSync(at('urls.txt'), at('hard'));
        return at('hard');
      },
    ],
    [
      'through the link of a folder',
      () => {
        symlinkSync(folder, at('around'));
        return at('around/urls.txt');
      },
    ],
  ])('is refused %s', (_, name) => {
    expect(trouble({ inputs: [at('urls.txt')], outputs: { output: name() } })).toMatch(same);
  });

  it('is refused as two outputs, also where it has yet to be made', () => {
    symlinkSync('new', at('to-new'));
    symlinkSync('to-new', at('to-to-new'));
    symlinkSync(folder, at('around'));
    for (const csv of [at('new'), at('to-new'), at('to-to-new'), at('around/new')]) {
      expect(trouble({ outputs: { output: at('new'), csv } }), csv).toMatch(
        /^--output .* and --csv .* are the same file: give each its own$/,
      );
    }
    expect(trouble({ outputs: { output: at('new'), csv: at('newer') } })).toBeUndefined();
  });

  it('is refused as the folder of --save, which has yet to be made', () => {
    expect(trouble({ save: at('new'), outputs: { output: `${folder}/./new` } })).toMatch(
      /^--output .*new is the folder of --save: name a file in it, or elsewhere$/,
    );
    expect(trouble({ save: at('folder'), outputs: { output: at('folder/new') } })).toBeUndefined();
  });

  it('is refused where it is read only once, too', () => {
    writeFileSync(at('sluice.json'), '{}');
    expect(trouble({ reads: [at('sluice.json')], outputs: { csv: at('sluice.json') } })).toMatch(
      /^--csv .* and sluice\.json are the same file: write to another one$/,
    );
  });

  it('is fine for what is no file', () => {
    expect(
      trouble({ inputs: ['/dev/null'], outputs: { output: '/dev/null', csv: '/dev/null' } }),
    ).toBeUndefined();
  });
});
