import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is known of the body that a part is the beginning of. */
export interface Origin {
  readonly url: string;
  /** An ETag or a date that goes into If-Range. */
  readonly validator: string;
}

/** Parts that are being written in this process. */
const busy = new Set<string>();

/** A file that is not whole yet, beside the one it becomes, under a name that no URL gives. */
export class PartFile {
  private handle: FileHandle | undefined;
  private position = 0;

  private constructor(
    private readonly path: string,
    private readonly part: string,
  ) {}

  /** One of its own, for a body that is not to be continued. */
  static single(path: string): PartFile {
    return new PartFile(path, join(dirname(path), `.sluice-${randomUUID()}.part`));
  }

  /** The one that later attempts find again, by the name that is `known` to all of them. */
  static lasting(known: string, path = known): PartFile {
    const digest = createHash('sha256').update(basename(known)).digest('hex').slice(0, 32);
    return new PartFile(path, join(dirname(path), `.sluice-${digest}.part`));
  }

  get isBusy(): boolean {
    return busy.has(this.part);
  }

  get bytes(): number {
    return this.position;
  }

  /** What it is the beginning of, and how much of it there is; undefined where there is none. */
  async known(): Promise<{ readonly origin: Origin; readonly size: number } | undefined> {
    try {
      const { url, validator } = JSON.parse(await readFile(this.note, 'utf8')) as Origin;
      const { size } = await stat(this.part);
      return { origin: { url, validator }, size };
    } catch {
      return undefined; // never begun, or cut off while it was noted
    }
  }

  /** Opens it to be written from its beginning. */
  begin(origin?: Origin): Promise<void> {
    return this.occupy(async () => {
      await rm(this.note, { force: true });
      const flags = constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC;
      this.handle = await this.inFolder(() => open(this.part, flags | noFollow, 0o666));
      if (origin) await writeFile(this.note, JSON.stringify(origin));
    });
  }

  /** Opens it to be written from `offset` on. */
  continue(offset: number): Promise<void> {
    return this.occupy(async () => {
      this.handle = await open(this.part, constants.O_WRONLY | noFollow);
      await this.handle.truncate(offset);
      this.position = offset;
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const written = (await this.handle?.write(rest, 0, rest.length, this.position))?.bytesWritten ?? 0;
      this.position += written;
      rest = rest.subarray(written);
    }
  }

  /** Now it is whole: it gets its name. */
  async finish(): Promise<void> {
    await this.shut();
    await rename(this.part, this.path);
    await rm(this.note, { force: true });
    busy.delete(this.part);
  }

  /** Leaves it for a later attempt. */
  async leave(): Promise<void> {
    await this.shut();
    busy.delete(this.part);
  }

  async remove(): Promise<void> {
    await this.shut();
    await Promise.all([this.part, this.note].map((path) => rm(path, { force: true })));
    busy.delete(this.part);
  }

  private get note(): string {
    return `${this.part}.json`;
  }

  private async occupy(call: () => Promise<void>): Promise<void> {
    busy.add(this.part);
    try {
      await call();
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  private async shut(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  /** The folder is made when it is found to be missing. */
  private async inFolder<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(dirname(this.part), { recursive: true });
      return call();
    }
  }
}

/** A link that somebody has put there is not written through. Windows has no such flag. */
const noFollow = (constants as { readonly O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
