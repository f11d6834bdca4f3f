import { fstatSync, readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What tells whether two names are one file. */
export interface FileIdentity {
  /** With all links followed, also where it leads to nothing yet; undefined for what has no name. */
  readonly path: string | undefined;
  /** Of a file that is there and holds what is written; undefined for others, such as /dev/null. */
  readonly inode?: string | undefined;
  /** A device, a pipe: writing to it destroys nothing. */
  readonly isStream?: boolean;
}

/** Who a file is. */
export function identityOf(file: string): FileIdentity {
  const status = statSync(file, { throwIfNoEntry: false, bigint: true });
  return { path: followed(resolve(file)), ...kindOf(status) };
}

/** What a descriptor of this process leads to; undefined where it is closed. */
export function identityOfDescriptor(descriptor: number): FileIdentity | undefined {
  try {
    return { path: undefined, ...kindOf(fstatSync(descriptor, { bigint: true })) };
  } catch {
    return undefined;
  }
}

/** Whether what is written to one is written to the other. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  if (one.isStream === true || other.isStream === true) return false;
  if (one.inode !== undefined && one.inode === other.inode) return true;
  return one.path !== undefined && one.path === other.path;
}

function kindOf(status: BigIntStats | undefined): Pick<FileIdentity, 'inode' | 'isStream'> {
  if (!status) return {};
  return status.isFile() ? { inode: `${status.dev}:${status.ino}` } : { isStream: !status.isDirectory() };
}

/** As realpath, and of what is not there yet the place where it would be made. */
function followed(file: string, links = 0): string {
  try {
    return realpathSync(file);
  } catch {
    const place = join(folderOf(file), basename(file));
    if (links === 40) return place; // in a circle: opening it will say so
    try {
      return followed(resolve(dirname(place), readlinkSync(place)), links + 1);
    } catch {
      return place;
    }
  }
}

function folderOf(file: string): string {
  try {
    return realpathSync(dirname(file));
  } catch {
    return dirname(file);
  }
}
