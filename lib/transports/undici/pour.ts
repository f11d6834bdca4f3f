import { Readable } from 'node:stream';
import { isFetchError, type FetchError } from '../../model/fetch-error.js';
import type { Sink, SinkHead, SinkWriter } from '../../model/sink.js';
import { codingsOf, mostDecoded } from './decode.js';
import { decodedStream } from './decode-stream.js';
import { tooLarge } from '../too-large.js';
import { overgrown, sinkError, undecodable } from './exchange-errors.js';

/** Chunks that wait for the sink before the server must. undici's are of 64 KiB at most. */
const mostWaiting = 4;

/** What a Pour is told of the response. */
export interface PourSettings {
  readonly sink: Sink;
  readonly head: SinkHead;
  /** How the response begins the messages of its errors. */
  readonly subject: string;
  readonly encoding: string | undefined;
  readonly maxBodyBytes: number;
  readonly maxRatio: number;
  /** The sink has caught up. */
  readonly ready: () => void;
  /** All is done, or has failed; called once. */
  readonly done: (error: Error | null, sunk: unknown) => void;
}

/** A body on its way into a sink, decoded as it comes. */
export class Pour {
  private readonly wire: Readable;
  private wireBytes = 0;
  private decodedBytes = 0;
  /** Why it is over before its time. */
  private failed: Error | undefined;
  private aborted = false;

  constructor(private readonly settings: PourSettings) {
    this.wire = new Readable({ objectMode: true, highWaterMark: mostWaiting, read: settings.ready });
    this.wire.on('error', () => undefined); // whoever reads it is told as well, if anybody does yet
    void this.run();
  }

  /** @returns whether more may follow at once */
  push(chunk: Buffer): boolean {
    this.wireBytes += chunk.length;
    return this.wire.push(chunk);
  }

  /** The body has come to its end. */
  end(): void {
    this.wire.push(null);
  }

  /** The response failed: the sink gets what has come of it, then is told. */
  cut(error: Error): void {
    this.failed ??= error;
    this.wire.push(null);
  }

  /** Nobody wants it any more: the sink is told once the call that it is busy with is done. */
  abort(error: Error): void {
    this.failed ??= error;
    this.aborted = true;
    this.wire.destroy(error);
  }

  private async run(): Promise<void> {
    const { sink, head, done } = this.settings;
    let writer: SinkWriter | undefined;
    let sunk: unknown;
    try {
      const opened = (writer = await this.inSink(() => sink(head)));
      for await (const chunk of this.decoded()) {
        if (this.aborted) break;
        this.check(chunk.length);
        await this.inSink(() => opened.write(chunk));
      }
      if (this.failed) throw this.failed;
      sunk = await this.inSink(() => opened.close());
    } catch (cause) {
      const error = this.failed ?? this.failure(cause);
      this.wire.destroy();
      await abortQuietly(writer, error);
      done(error, undefined);
      return;
    }
    done(null, sunk);
  }

  private decoded(): AsyncIterable<Buffer> {
    const { encoding } = this.settings;
    return encoding === undefined ? this.wire : decodedStream(codingsOf(encoding), this.wire);
  }

  /** @throws FetchError when the body has become larger than it may */
  private check(length: number): void {
    const { maxBodyBytes, maxRatio, subject, encoding, head } = this.settings;
    this.decodedBytes += length;
    const most = maxBodyBytes - head.offset;
    if (this.decodedBytes <= mostDecoded(this.wireBytes, maxRatio, most)) return;
    throw encoding === undefined
      ? tooLarge(subject, maxBodyBytes, `${head.offset + this.wireBytes} bytes so far`)
      : overgrown(subject, { maxBodyBytes, maxRatio }, this.wireBytes, encoding);
  }

  private failure(cause: unknown): FetchError {
    if (isFetchError(cause)) return cause;
    const { maxBodyBytes, maxRatio, subject, encoding } = this.settings;
    return undecodable(subject, { maxBodyBytes, maxRatio }, this.wireBytes, encoding ?? '', cause as Error);
  }

  /** Calls the sink: what it throws is not the server's fault. */
  private async inSink<T>(call: () => T | PromiseLike<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      throw sinkError(this.settings.subject, cause);
    }
  }
}

/** Nobody could be told of an error of that. */
async function abortQuietly(writer: SinkWriter | undefined, error: Error): Promise<void> {
  try {
    await writer?.abort(error);
  } catch {
    // the record says why it was aborted, which is what went wrong first
  }
}
