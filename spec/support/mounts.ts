import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const execute = promisify(execFile);

/** Mounts a disk in memory, until the test is over; undefined where one may not. */
export async function smallDisk(folder: string, size = '256k'): Promise<string | undefined> {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  return (await mounted(disk, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk])) ? disk : undefined;
}

/** Gives a small disk another size. */
export async function resize(disk: string, size: string): Promise<void> {
  await execute('mount', ['-o', `remount,size=${size}`, disk]);
}

/** Makes a file or a folder read-only, for root as well, until the test is over. @returns false where one may not */
export async function makeReadOnly(path: string): Promise<boolean> {
  if (!(await mounted(path, ['--bind', path, path]))) return false;
  await execute('mount', ['-o', 'remount,bind,ro', path]);
  return true;
}

async function mounted(place: string, args: readonly string[]): Promise<boolean> {
  try {
    await execute('mount', args);
  } catch {
    return false;
  }
  onTestFinished(async () => {
    await execute('umount', [place]);
  });
  return true;
}
