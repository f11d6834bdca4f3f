import { reasonOf } from '../../files/reason-of.js';

/** An input that cannot be read; the message is a sentence for whoever gave the command. */
export class InputError extends Error {
  constructor(name: string, cause: unknown) {
    super(`Cannot read ${name}: ${reasonOf(cause, reasons)}`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it is not allowed',
  EPERM: 'it is not allowed',
  EIO: 'the disk does not work',
  ELOOP: 'its links lead in a circle',
  Z_DATA_ERROR: 'it is not what gzip makes',
  Z_BUF_ERROR: 'what gzip made of it is cut short',
};
