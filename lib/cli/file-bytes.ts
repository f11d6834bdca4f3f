import { quoted, UsageError } from './usage-error.js';

/** What went wrong with a file, as a sentence ends with it and says what to do. */
export function fileTrouble(error: unknown): string {
  switch ((error as { code?: unknown } | null)?.code) {
    case 'ENOENT':
      return 'there is none of that name: check the path';
    case 'EISDIR':
      return 'it is a folder: name a file in it';
    case 'ENOTDIR':
      return 'a part of its path is no folder: check the path';
    case 'EACCES':
    case 'EPERM':
      return 'this user has no permission: change its mode, or name another';
    case 'EROFS':
      return 'its file system is read-only: name a file elsewhere';
    case 'ELOOP':
      return 'its links go round in a circle: check the path';
    case 'ENAMETOOLONG':
      return 'its name is too long: choose a shorter one';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Reads a small file that an option names. @throws UsageError when it cannot be read */
export function fileBytes(option: string, file: string, read: (file: string) => Uint8Array): Uint8Array {
  try {
    return read(file);
  } catch (error) {
    throw new UsageError(`${option} cannot read ${quoted(file)}: ${fileTrouble(error)}`, { cause: error });
  }
}
