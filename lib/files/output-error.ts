import { reasonOf } from './reason-of.js';

/**
 * An output that cannot be written; the message is a sentence for whoever gave the command.
 *
 * @example
 * import { openWarc, OutputError } from 'sluice/warc';
 *
 * const archive = await openWarc('/proc/pages.warc.gz').catch((error: unknown) => error);
 * console.log(archive instanceof OutputError && archive.message);
 */
export class OutputError extends Error {
  /** Who read it has gone: nobody is to blame, and nobody wants to hear of it. */
  readonly isClosedPipe: boolean;

  /** Makes an error: which output, what went wrong, and what is left of it. */
  constructor(name: string, cause: unknown, left = '') {
    super(`Cannot write ${name}: ${reasonOf(cause, reasons)}${left}`, { cause });
    this.isClosedPipe = closedPipe.has((cause as NodeJS.ErrnoException).code ?? '');
  }
}

const closedPipe = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ECONNRESET']);

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is as large as it may be',
  EIO: 'the disk does not work',
  EROFS: 'it is on a disk that is read-only',
  EACCES: 'it is not allowed',
  EPERM: 'it is not allowed',
  EISDIR: 'it is a directory',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EMFILE: 'too many files are open',
};
