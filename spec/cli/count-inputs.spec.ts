import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inputs } from '../../lib/cli/input/inputs.js';
import { openInput } from '../../lib/cli/input/open-input.js';
import { countInputs } from '../../lib/cli/progress/count-inputs.js';

const never = new AbortController().signal;

describe('counting inputs ahead', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-count-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function fileOf(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  it.each([
    ['plain lines', 'http://a/\nhttp://b/\n', 2],
    ['no end of the last line', 'http://a/\nhttp://b/', 2],
    ['nothing', '', 0],
    ['blanks and comments', '\n# no\n  \t\r\n  # nor this\n http://a/ # a URL\r\n\n{"url":"http://b/"}\n', 2],
    ['a byte order mark', '\ufeffhttp://a/\n', 1],
    ['a byte order mark before a comment', '\ufeff# no\nhttp://a/\n', 1],
    ['lines across reads', `http://a/${'x'.repeat(300_000)}\n#${'y'.repeat(300_000)}\nhttp://b/`, 2],
  ])('of %s finds as many as are read', async (_name, text, expected) => {
    const files = [fileOf('urls.txt', text)];
    expect(await countInputs({ urls: [], files }, never)).toBe(expected);
    const open = (file: string) => openInput(file, () => process.stdin);
    const read: unknown[] = [];
    for await (const input of new Inputs({ urls: [], files }, {}, open)) read.push(input);
    expect(read).toHaveLength(expected);
  });

  it('adds those of the command line and of all files', async () => {
    const files = [fileOf('a.txt', 'http://a/\n'), fileOf('b.txt', 'http://b/\n')];
    expect(await countInputs({ urls: ['http://c/'], files }, never)).toBe(3);
  });

  it.each(['-', 'packed.gz', 'missing.txt', '.'])('does not know of %s', async (name) => {
    fileOf('packed.gz', 'x');
    const files = [name === '-' ? name : join(folder, name)];
    expect(await countInputs({ urls: [], files }, never)).toBeUndefined();
  });

  it('stops when nobody wants to know any more', async () => {
    const files = [fileOf('urls.txt', 'http://a/\n')];
    expect(await countInputs({ urls: [], files }, AbortSignal.abort())).toBeUndefined();
  });
});
