import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, open, readFile, stat, symlink, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { OutputFile } from '../../lib/files/output-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A disk that takes so many bytes more. */
async function diskOf(bytes: number): Promise<void> {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  onTestFinished(() => void vi.restoreAllMocks());
  let left = bytes;
   
  const write = prototype.write as (this: FileHandle, ...args: unknown[]) => Promise<unknown>;
  vi.spyOn(prototype, 'write').mockImplementation(async function (this: FileHandle, chunk: unknown) {
    const piece = (chunk as Uint8Array).subarray(0, left);
    if (piece.length === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    left -= piece.length;
    return (await write.call(this, piece)) as never;
  });
}

describe('OutputFile', () => {
  it('has another name beside it until it is finished', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    await writeFile(path, 'old');
    const file = await OutputFile.open(path);
    await file.write('new');
    await file.flush();
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await folder.files()).toEqual(['out', expect.stringMatching(/^out\.[0-9a-f]{8}\.part$/)]);
    await file.finish();
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await folder.files()).toEqual(['out']);
  });

  it('writes what it is given in its order, text and bytes, small and large', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    const file = await OutputFile.open(path);
    const pieces = Array.from({ length: 5_000 }, (_, at) => `${at}${'é'.repeat((at * 37) % 900)}\n`);
    for (const [at, piece] of pieces.entries()) await file.write(at % 2 === 0 ? piece : Buffer.from(piece));
    await file.finish();
    expect(await readFile(path, 'utf8')).toBe(pieces.join(''));
  });

  it('returns a promise only where more than a MiB is waiting', async () => {
    const folder = await temporaryFolder();
    const file = await OutputFile.open(join(folder.path, 'out'));
    expect(file.write('x'.repeat(100_000))).toBeUndefined();
    expect(file.write('x'.repeat(1_000_000))).toBeUndefined();
    const waiting = file.write('x'.repeat(100_000));
    expect(waiting).toBeInstanceOf(Promise);
    await waiting;
    expect(file.write('x')).toBeUndefined();
    await file.finish();
  });

  it('leaves what was there when it is discarded', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    await writeFile(path, 'old');
    const file = await OutputFile.open(path);
    await file.write('x'.repeat(200_000));
    await file.discard();
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await folder.files()).toEqual(['out']);
  });

  it('ends with its last whole piece when the disk is full, and says so', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    const file = await OutputFile.open(path);
    await diskOf(80_005);
    const give = async (): Promise<void> => {
      for (let at = 0; at < 9_999; at++) await file.write('123456789\n');
    };
    const message = `Cannot write ${JSON.stringify(path)}: the disk is full (ENOSPC)`;
    await give();
    await expect(file.flush()).rejects.toThrow(message);
    expect(() => file.write('more')).toThrow(message);
    await expect(file.finish()).rejects.toMatchObject({ message, code: 'ENOSPC', path });
    expect(await readFile(path, 'utf8')).toBe('123456789\n'.repeat(8_000));
    expect(await folder.files()).toEqual(['out']);
  });

  it('takes no piece for whole whose parts are not all written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    const file = await OutputFile.open(path);
    await diskOf(12);
    await file.write('first', false);
    await file.write('\n');
    await file.write('seco', false);
    await file.write('nd\n');
    await expect(file.finish()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readFile(path, 'utf8')).toBe('first\n');
  });

  it('leaves what was there when not one piece could be written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'out');
    await writeFile(path, 'old');
    const file = await OutputFile.open(path);
    await diskOf(3);
    await file.write('line\n');
    await expect(file.finish()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await folder.files()).toEqual(['out']);
  });

  it.skipIf(process.platform !== 'linux')(
    'writes to a device in place, and says when it is full',
    async () => {
      const nowhere = await OutputFile.open('/dev/null');
      await nowhere.write('x');
      await nowhere.finish();
      expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
      const full = await OutputFile.open('/dev/full');
      await full.write('x');
      await expect(full.finish()).rejects.toThrow('Cannot write "/dev/full": the disk is full (ENOSPC)');
      expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
    },
  );

  it.skipIf(process.platform === 'win32')('writes to a named pipe', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDWR); // opens without a writer
    const file = await OutputFile.open(path);
    await file.write('through');
    await file.finish();
    expect((await reader.read(Buffer.alloc(7))).buffer.toString()).toBe('through');
    await reader.close();
  });

  it('writes to what a link leads to, and keeps the mode of what was there', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'real');
    const link = join(folder.path, 'link');
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await symlink('real', link);
    const file = await OutputFile.open(link);
    await file.write('new');
    await file.finish();
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await folder.files()).toEqual(['link', 'real']);
    await symlink('missing', join(folder.path, 'dangling'));
    const other = await OutputFile.open(join(folder.path, 'dangling'));
    await other.finish();
    expect(await folder.files()).toContain('missing');
  });

  it('says why it cannot be opened', async () => {
    const folder = await temporaryFolder();
    await expect(OutputFile.open(folder.path)).rejects.toThrow('it is a folder; name a file in it (EISDIR)');
    const message = 'its folder does not exist; make it first (ENOENT)';
    await expect(OutputFile.open(join(folder.path, 'a', 'b'))).rejects.toThrow(message);
  });
});
