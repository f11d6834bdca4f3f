import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OutputError } from './output-error.js';

/** So much is collected before it is written: a call of the system for each line would cost more than the line. */
const batchBytes = 65_536;

/** So much may be collected while a batch is being written; beyond, `write` returns a promise. */
const mostCollected = 1_048_576;

/**
 * A file that one piece after the other is written to: lines, records of an archive, a document. It has a name of its
 * own beside the one it is for until it is finished, then takes its place in one step; the place may also be a device
 * or a pipe, which is written to as it is. What cannot be written is cut off where the last whole piece ends.
 */
export class OutputFile {
  private collected: Uint8Array[] = [];
  private collectedBytes = 0;
  /** Where pieces end that are collected, counted from the beginning of the file. */
  private ends: number[] = [];
  /** Where what has been given ends. */
  private given = 0;
  private written = 0;
  private whole = 0;
  private writing: Promise<void> | undefined;
  private failure: OutputError | undefined;

  private constructor(
    /** The file it is for. */
    readonly path: string,
    private readonly target: string,
    /** Undefined where it is written to in place. */
    private readonly part: string | undefined,
    private readonly handle: FileHandle,
  ) {}

  /** @throws OutputError when it cannot be opened */
  static async open(path: string): Promise<OutputFile> {
    try {
      const target = await targetOf(path);
      const there = await statOf(target);
      if (there && !there.isFile()) return new OutputFile(path, target, undefined, await open(target, 'w'));
      const part = `${target}.${randomUUID().slice(0, 8)}.part`;
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
      const handle = await open(part, flags, 0o666);
      if (there) await handle.chmod(there.mode).catch(() => undefined); // the file of somebody else
      return new OutputFile(path, target, part, handle);
    } catch (cause) {
      throw new OutputError(path, cause);
    }
  }

  /**
   * Takes the next piece. The promise, where there is one, is to be waited for before more is given.
   *
   * @param ends whether a whole line or record ends with it
   * @throws OutputError also when an earlier piece could not be written
   */
  write(piece: string | Uint8Array, ends = true): Promise<void> | undefined {
    if (this.failure) throw this.failure;
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.collected.push(bytes);
    this.collectedBytes += bytes.length;
    this.given += bytes.length;
    if (ends) this.ends.push(this.given);
    if (this.collectedBytes >= batchBytes) this.writing ??= this.drain();
    return this.collectedBytes > mostCollected ? this.flush() : undefined;
  }

  /** Waits until all that was given is written. */
  async flush(): Promise<void> {
    while (this.writing || (this.collected.length > 0 && !this.failure))
      await (this.writing ??= this.drain());
    if (this.failure) throw this.failure;
  }

  /** What comes after the last whole piece is not to stay: who gives it cannot go on. Nothing more is taken. */
  async fail(cause: unknown): Promise<void> {
    await this.flush().catch(() => undefined);
    this.failure ??= new OutputError(this.path, cause);
  }

  /**
   * Now it is at its end and gets its name. Where not all could be written, that is the name of its whole pieces;
   * where none could, of what was there before.
   *
   * @throws OutputError when something could not be written, now or earlier
   */
  async finish(): Promise<void> {
    await this.flush().catch(() => undefined);
    try {
      if (this.failure && this.part !== undefined) await this.handle.truncate(this.whole);
      await this.handle.close();
      if (this.part !== undefined) {
        if (this.failure && this.whole === 0) await rm(this.part, { force: true });
        else await rename(this.part, this.target);
      }
    } catch (cause) {
      this.failure ??= new OutputError(this.path, cause);
    }
    if (this.failure) throw this.failure;
    this.failure = new OutputError(this.path, new Error('it is finished'));
  }

  /** Leaves what was there before as it was. */
  async discard(): Promise<void> {
    this.collected = [];
    this.collectedBytes = 0;
    await this.writing;
    await this.handle.close();
    if (this.part !== undefined) await rm(this.part, { force: true });
  }

  /** Writes batches until less than one is collected; its failure is told by `write`, `flush` and `finish`. */
  private async drain(): Promise<void> {
    try {
      do await this.writeBatch();
      while (this.collectedBytes >= batchBytes);
    } catch (cause) {
      this.failure = new OutputError(this.path, cause);
      this.collected = [];
      this.collectedBytes = 0;
    } finally {
      this.writing = undefined;
    }
  }

  private async writeBatch(): Promise<void> {
    const { collected, ends } = this;
    this.collected = [];
    this.collectedBytes = 0;
    this.ends = [];
    try {
      let rest: Uint8Array = Buffer.concat(collected);
      while (rest.length > 0) {
        const { bytesWritten } = await this.handle.write(rest);
        this.written += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
    } finally {
      this.whole = ends.findLast((end) => end <= this.written) ?? this.whole;
    }
  }
}

/** The file that a link leads to takes the place, not the link. */
async function targetOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const isLink = await lstat(absolute)
      .then((there) => there.isSymbolicLink())
      .catch(() => false);
    return isLink ? resolve(dirname(absolute), await readlink(absolute)) : absolute;
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
