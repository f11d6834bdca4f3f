import { randomUUID } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import type { Output } from './output.js';
import { OutputError } from './output-error.js';
import { writeAll } from './write-all.js';

/**
 * A file that is `NAME.….part` beside its place until it is whole, and takes its place in one step. What is there already
 * stays until then. When it cannot be written to its end, what could be written whole takes its place all the same: an
 * hour's records are worth having. A device or a named pipe is written directly.
 *
 * It is opened by `begin`, with the first write, or at its end.
 */
export class FileOutput implements Output {
  readonly name: string;
  private handle: FileHandle | undefined;
  /** Where it is to stand: links are followed. */
  private place: string;
  /** Its name until then; undefined where it is written directly. */
  private part: string | undefined;
  /** Bytes that are whole. */
  private size = 0;
  /** It is over with it. */
  private failure: OutputError | undefined;

  constructor(path: string) {
    this.name = path;
    this.place = path;
  }

  async begin(): Promise<void> {
    if (this.failure) throw this.failure;
    try {
      this.handle ??= await this.open();
    } catch (error) {
      throw await this.broken(error);
    }
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.writePieces([chunk]);
  }

  /**
   * The same of what is whole with its last piece, and too large to be held.
   *
   * @throws OutputError also where the pieces end with an error
   */
  async writePieces(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    if (this.failure) throw this.failure;
    try {
      const { fd } = (this.handle ??= await this.open());
      let { size } = this;
      for await (const piece of pieces) {
        await writeAll(fd, piece, this.part === undefined ? undefined : size);
        size += piece.length;
      }
      this.size = size;
    } catch (error) {
      throw await this.broken(error);
    }
  }

  async end(): Promise<void> {
    if (this.failure) throw this.failure;
    try {
      const handle = (this.handle ??= await this.open());
      if (this.part !== undefined) await handle.sync(); // some disks say only now that they are full
      await this.settle();
    } catch (error) {
      throw await this.broken(error);
    }
  }

  private async broken(error: unknown): Promise<OutputError> {
    return (this.failure = new OutputError(this.name, error, await this.rescue()));
  }

  private async open(): Promise<FileHandle> {
    const there = await stat(this.name).catch(() => undefined);
    if (there && !there.isFile() && !there.isDirectory()) return open(this.name, 'w');
    if (there) this.place = await realpath(this.name);
    const part = `${this.place}.${randomUUID().slice(0, 8)}.part`;
    if (there?.isDirectory()) return open(this.name, 'w'); // fails, and says why
    const handle = await open(part, 'wx');
    this.part = part;
    if (there) await chmod(part, there.mode);
    return handle;
  }

  /** It gets its name. */
  private async settle(): Promise<void> {
    const { handle, part } = this;
    this.handle = undefined;
    await handle?.close();
    if (part === undefined) return;
    await rename(part, this.place);
    this.part = undefined;
  }

  /** Keeps what is whole, if there is any. @returns what is left, as the end of a sentence */
  private async rescue(): Promise<string> {
    const { part, size } = this;
    try {
      if (part === undefined) {
        await this.handle?.close();
        return '';
      }
      if (size === 0) {
        await this.handle?.close();
        await rm(part, { force: true });
        return '';
      }
      await this.handle?.truncate(size);
      await this.settle();
      return '; it holds what came before';
    } catch {
      const isThere = part !== undefined && (await stat(part).catch(() => undefined)) !== undefined;
      return isThere ? `; what came before is in ${part}` : '';
    }
  }
}
