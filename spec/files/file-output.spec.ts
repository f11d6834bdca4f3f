import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DescriptorOutput } from '../../lib/cli/output/descriptor-output.js';
import { FileOutput } from '../../lib/files/file-output.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const execute = promisify(execFile);
const bytes = (text: string): Buffer => Buffer.from(text);

describe('FileOutput', () => {
  it('leaves alone what is there until it is whole, and then takes its place and its mode', async () => {
    const { path, files } = await temporaryFolder();
    const file = join(path, 'out');
    await writeFile(file, 'before');
    await chmod(file, 0o640);
    const output = new FileOutput(file);
    expect(await files()).toEqual(['out']);
    await output.write(bytes('one\n'));
    await output.write(bytes('two\n'));
    expect(await files()).toEqual(['out', expect.stringMatching(/^out\.[0-9a-f]{8}\.part$/)]);
    expect(await readFile(file, 'utf8')).toBe('before');
    await output.end();
    expect(await files()).toEqual(['out']);
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('is an empty file when nothing was written', async () => {
    const { path, files } = await temporaryFolder();
    await new FileOutput(join(path, 'out')).end();
    expect(await files()).toEqual(['out']);
  });

  it('follows a link', async () => {
    const { path, files } = await temporaryFolder();
    await writeFile(join(path, 'real'), 'before');
    await symlink('real', join(path, 'link'));
    const output = new FileOutput(join(path, 'link'));
    await output.write(bytes('after'));
    await output.end();
    expect(await files()).toEqual(['link', 'real']);
    expect(await readlink(join(path, 'link'))).toBe('real');
    expect(await readFile(join(path, 'real'), 'utf8')).toBe('after');
  });

  it('says in a sentence what cannot be written, and leaves nothing', async () => {
    const { path, files } = await temporaryFolder();
    await mkdir(join(path, 'folder'));
    const missing = join(path, 'missing/out');
    await expect(new FileOutput(missing).write(bytes('x'))).rejects.toThrow(
      `Cannot write ${missing}: its folder does not exist (ENOENT)`,
    );
    await expect(new FileOutput(join(path, 'folder')).end()).rejects.toThrow('it is a directory (EISDIR)');
    expect(await files()).toEqual(['folder']);
  });

  it('does not name what has vanished with its folder', async () => {
    const { path } = await temporaryFolder();
    const folder = join(path, 'folder');
    await mkdir(folder);
    const output = new FileOutput(join(folder, 'out'));
    await output.write(bytes('one\n'));
    await rm(folder, { recursive: true });
    await expect(output.end()).rejects.toThrow(/: its folder does not exist \(ENOENT\)$/);
  });

  it('keeps nothing of what is whole with its last piece when that does not come', async () => {
    const { path, files } = await temporaryFolder();
    const file = join(path, 'out');
    const output = new FileOutput(file);
    async function* pieces(isWhole: boolean): AsyncGenerator<Buffer> {
      yield bytes('a');
      yield bytes('b');
      if (!isWhole) throw new Error('the rest is lost');
    }
    await output.writePieces(pieces(true));
    const message = `Cannot write ${file}: the rest is lost; it holds what came before`;
    await expect(output.writePieces(pieces(false))).rejects.toThrow(message);
    await expect(output.write(bytes('more'))).rejects.toThrow(message);
    await expect(output.end()).rejects.toThrow(message);
    expect(await readFile(file, 'utf8')).toBe('ab');
    expect(await files()).toEqual(['out']);
  });

  it('writes a device directly', async () => {
    await expect(new FileOutput('/dev/full').write(bytes('x'))).rejects.toThrow(
      'Cannot write /dev/full: the disk is full (ENOSPC)',
    );
    const output = new FileOutput('/dev/null');
    await output.write(bytes('x'));
    await output.end();
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

/** A disk of 64 KiB, where one may be mounted; else undefined. */
async function smallDisk(): Promise<string | undefined> {
  const { path } = await temporaryFolder();
  const disk = join(path, 'disk');
  await mkdir(disk);
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  } catch {
    return undefined;
  }
  onTestFinished(async () => {
    await execute('umount', [disk]);
  });
  return disk;
}

const line = `${'x'.repeat(4_999)}\n`;

describe('a disk that fills up', () => {
  it('leaves a file of what was written whole under its name', async (test) => {
    const disk = await smallDisk();
    if (disk === undefined) test.skip('nothing can be mounted here');
    const file = join(disk ?? '', 'out');
    await writeFile(file, 'before');
    const output = new FileOutput(file);
    let written = 0;
    const fill = async (): Promise<void> => {
      for (; written < 100; written++) await output.write(bytes(line));
    };
    await expect(fill()).rejects.toThrow('the disk is full (ENOSPC); it holds what came before');
    expect(written).toBeGreaterThan(5);
    expect(await readFile(file, 'utf8')).toBe(line.repeat(written));
    expect((await execute('ls', [disk ?? ''])).stdout).toBe('out\n');
  });

  it('keeps what is there when nothing could be written whole', async (test) => {
    const disk = await smallDisk();
    if (disk === undefined) test.skip('nothing can be mounted here');
    const file = join(disk ?? '', 'out');
    await writeFile(file, 'before');
    await expect(new FileOutput(file).write(bytes(line.repeat(20)))).rejects.toThrow(/full \(ENOSPC\)$/);
    expect(await readFile(file, 'utf8')).toBe('before');
    expect((await execute('ls', [disk ?? ''])).stdout).toBe('out\n');
  });

  it.for(['w', 'a'])('has its torn line taken back from what the shell opened as %s', async (flags, test) => {
    const disk = await smallDisk();
    if (disk === undefined) test.skip('nothing can be mounted here');
    const file = join(disk ?? '', 'out');
    await writeFile(file, 'before\n');
    const handle = await open(file, flags);
    const output = new DescriptorOutput(handle.fd, 'stdout');
    let written = 0;
    const fill = async (): Promise<void> => {
      for (; written < 100; written++) await output.write(bytes(line));
    };
    await expect(fill()).rejects.toThrow('Cannot write stdout: the disk is full (ENOSPC)');
    await handle.close();
    expect(await readFile(file, 'utf8')).toBe((flags === 'a' ? 'before\n' : '') + line.repeat(written));
  });

  it('takes nothing back where the end of the file is not its own', async (test) => {
    const disk = await smallDisk();
    if (disk === undefined) test.skip('nothing can be mounted here');
    const file = join(disk ?? '', 'out');
    await writeFile(file, 'y'.repeat(20_000));
    const handle = await open(file, 'r+'); // from its beginning, over what is there
    const output = new DescriptorOutput(handle.fd, 'stdout');
    await expect(output.write(bytes('x'.repeat(100_000)))).rejects.toThrow('the disk is full');
    await handle.close();
    expect((await stat(file)).size).toBe(65_536);
  });
});
