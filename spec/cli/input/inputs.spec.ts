import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { InputRequest } from '../../../lib/cli/input/input-request.js';
import { Inputs } from '../../../lib/cli/input/inputs.js';
import { openInput } from '../../../lib/cli/input/open-input.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const none = (): Readable => {
  throw new Error('nobody asked for stdin');
};

function inputsOf(files: readonly string[], stdin = none, urls: readonly string[] = []): Inputs {
  return new Inputs({ urls, files }, {}, (file) => openInput(file, stdin));
}

async function all(inputs: Inputs): Promise<string[]> {
  const found: string[] = [];
  for await (const { url, place, invalid } of inputs) {
    found.push(
      [url, place && `${place.file.replace(/.*\//, '')}:${place.line}`, invalid].filter(Boolean).join(' '),
    );
  }
  return found;
}

describe('Inputs', () => {
  it('gives the URLs of the command line, then the lines of the files in their order, stdin among them', async () => {
    const { path } = await temporaryFolder();
    await writeFile(join(path, 'one'), '# comment\nhttp://1/\n\nhttp://2/');
    await writeFile(join(path, 'two'), '{"url":"http://3/"}\r\n{"x":1}\r\n');
    const files = [join(path, 'one'), '-', join(path, 'two')];
    const inputs = inputsOf(files, () => Readable.from([Buffer.from('http://s/')]), ['http://0/']);
    expect(await all(inputs)).toEqual([
      'http://0/',
      'http://1/ one:2',
      'http://2/ one:4',
      'http://s/ stdin:1',
      'http://3/ two:1',
      expect.stringMatching(/^\{"x":1\} two:2 There is no key `x`/),
    ]);
    expect(inputs.isAtEnd).toBe(true);
  });

  it('unpacks what ends in .gz, of several members too', async () => {
    const { path } = await temporaryFolder();
    const file = join(path, 'urls.txt.gz');
    await writeFile(file, Buffer.concat([gzipSync('http://1/\n'), gzipSync('http://2/\n')]));
    expect(await all(inputsOf([file]))).toEqual(['http://1/ urls.txt.gz:1', 'http://2/ urls.txt.gz:2']);
  });

  it('says in a sentence what it cannot read, and when what it has read was given', async () => {
    const { path } = await temporaryFolder();
    const cut = join(path, 'cut.gz');
    const noGzip = join(path, 'no.gz');
    const folder = join(path, 'folder');
    await Promise.all([
      mkdir(folder),
      writeFile(noGzip, 'http://1/\n'),
      writeFile(cut, gzipSync('http://1/\n').subarray(0, -12)),
    ]);
    const missing = join(path, 'missing');
    await expect(all(inputsOf([missing]))).rejects.toThrow(`Cannot read ${missing}: there is no such file`);
    await expect(all(inputsOf([folder]))).rejects.toThrow(
      `Cannot read ${folder}: it is a directory (EISDIR)`,
    );
    await expect(all(inputsOf([noGzip]))).rejects.toThrow('it is not what gzip makes (Z_DATA_ERROR)');
    await expect(all(inputsOf([cut]))).rejects.toThrow('is cut short (Z_BUF_ERROR)');
    const inputs = inputsOf([missing], none, ['http://0/']);
    expect((await inputs.next()).value).toMatchObject({ url: 'http://0/' });
    await expect(inputs.next()).rejects.toThrow('there is no such file');
  });

  it('reads no more than it is asked for, and of stdin nothing before its turn', async () => {
    let read = 0;
    const endless = new Readable({
      read() {
        read++;
        this.push(Buffer.from('http://a/\n'.repeat(1_000)));
      },
    });
    const inputs = inputsOf(['-'], () => endless, ['http://0/']);
    await inputs.next();
    expect(read).toBe(0);
    for (let asked = 0; asked < 5_000; asked++) await inputs.next();
    expect(read).toBeLessThan(30); // five, and what a stream holds ahead
    await inputs.return();
    expect(endless.destroyed).toBe(true);
  });

  it('lets go of a stdin that says nothing', async () => {
    const stdin = new PassThrough();
    const inputs = inputsOf(['-'], () => stdin);
    const pending: Promise<IteratorResult<InputRequest>> = inputs.next();
    await inputs.return();
    await expect(pending).rejects.toThrow('Cannot read stdin'); // nobody listens any more
    expect(stdin.destroyed).toBe(true);
    expect(inputs.isAtEnd).toBe(false);
    expect(await inputs.next()).toEqual({ done: true, value: undefined });
  });
});
