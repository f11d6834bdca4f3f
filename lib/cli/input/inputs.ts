import type { Readable } from 'node:stream';
import type { RunPlan } from '../run-plan.js';
import { InputError } from './input-error.js';
import { InputRequest, type RequestDefaults } from './input-request.js';
import { LineSplitter, type BadLine } from './line-splitter.js';
import { requestOfLine } from './request-of-line.js';

interface OpenFile {
  readonly name: string;
  readonly stream: Readable;
  readonly chunks: AsyncIterator<Buffer, undefined>;
  readonly lines: LineSplitter;
  isRead: boolean;
}

/**
 * What a run is to fetch: the URLs of the command line, then the lines of its files. Read as it is asked for.
 * Not a generator: one whose `next` waits for a terminal could not be told to `return`.
 */
export class Inputs implements AsyncIterableIterator<InputRequest, undefined> {
  /** Nothing is left. */
  isAtEnd = false;
  private readonly urls: Iterator<string>;
  private readonly files: Iterator<string>;
  private file: OpenFile | undefined;
  private isLeft = false;

  constructor(
    { urls, files }: RunPlan['inputs'],
    private readonly defaults: RequestDefaults,
    private readonly open: (file: string) => Readable,
    /** Is called when nothing is left. */
    private readonly ended: () => void = () => undefined,
  ) {
    this.urls = urls.values();
    this.files = files.values();
  }

  next(): Promise<IteratorResult<InputRequest, undefined>> {
    const value = this.atHand();
    if (!value) return this.later();
    // no promise, whatever the type says: who awaits it gets it all the same, and a pipeline goes on at once
    return { done: false, value } as unknown as Promise<IteratorResult<InputRequest, undefined>>;
  }

  private async later(): Promise<IteratorResult<InputRequest, undefined>> {
    while (!this.isLeft && (await this.readOn())) {
      const value = this.atHand();
      if (value) return { done: false, value };
    }
    if (!this.isLeft && !this.isAtEnd) {
      this.isAtEnd = true;
      this.ended();
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<InputRequest, undefined>> {
    this.isLeft = true;
    this.file?.stream.destroy();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next request, if it need not be waited for. */
  private atHand(): InputRequest | undefined {
    if (this.isLeft) return undefined;
    const url = this.urls.next();
    if (url.done !== true) return new InputRequest(url.value, this.defaults);
    const { file } = this;
    if (!file) return undefined;
    for (let line = file.lines.take(); line !== undefined; line = file.lines.take()) {
      const request = this.requestOf(line, file);
      if (request) return request;
    }
    return undefined;
  }

  private requestOf(line: string | BadLine, { name, lines }: OpenFile): InputRequest | undefined {
    const place = { file: name, line: lines.number };
    return typeof line === 'string'
      ? requestOfLine(line, this.defaults, place)
      : new InputRequest(line.sample, { invalid: `The line ${line.flaw}` }, place);
  }

  /** Reads more, of the next file if need be. @returns whether there was anything */
  private async readOn(): Promise<boolean> {
    const file = this.file?.isRead === false ? this.file : this.openNext();
    if (!file) return false;
    const step = await file.chunks.next().catch((error: unknown) => {
      throw new InputError(file.name, error);
    });
    if (step.done !== true) {
      file.lines.push(step.value);
      return true;
    }
    file.lines.finish();
    file.isRead = true;
    return true;
  }

  private openNext(): OpenFile | undefined {
    const { value: path } = this.files.next() as IteratorResult<string, undefined>;
    if (path === undefined) return undefined;
    const stream = this.open(path);
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    const name = path === '-' ? 'stdin' : path;
    return (this.file = { name, stream, chunks, lines: new LineSplitter(), isRead: false });
  }
}
