/** What a person calls what the system has said. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder; name a file in it',
  ENOENT: 'its folder does not exist; make it first',
  ENOTDIR: 'what is to be its folder is a file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota of the disk is used up',
  EFBIG: 'it has become larger than files may be',
  EMFILE: 'too many files are open',
  EIO: 'the disk is broken',
  EPIPE: 'nobody reads it any more',
};

/** A file that cannot be written: which one and why, in a sentence. */
export class OutputError extends Error {
  /** The system's, such as ENOSPC, where it has one. */
  declare readonly code?: string;

  constructor(
    /** The file, as it was named. */
    readonly path: string,
    cause: unknown,
  ) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? message : `${reasons[code] ?? message} (${code})`;
    super(`Cannot write ${JSON.stringify(path)}: ${reason}`, { cause });
    this.name = 'OutputError';
    if (code !== undefined) this.code = code;
  }
}
