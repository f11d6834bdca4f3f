import type { Readable } from 'node:stream';
import { parsedLine, type NoRecordLine } from '../../observe/report/read-record-line.js';
import type { RecordLine } from '../../observe/report/record-line.js';
import { InputError } from './input-error.js';
import { LineSplitter } from './line-splitter.js';

/** Longest line of records in bytes: it may have a body in it. */
const longestRecord = 128 * 1024 * 1024;
/** Lines that are looked at before a file is given up that has no record in it. */
const patience = 1_000;

/** A file that is not what it was said to be; the message is a sentence for whoever gave the command. */
export class NoRecordsError extends Error {}

/** A line that was left out. */
interface BadLine {
  readonly number: number;
  readonly why: string;
}

/** Reads the records of an earlier run, and passes over what is none. */
export class RecordFile implements AsyncIterable<RecordLine> {
  records = 0;
  badLines = 0;
  firstBad: BadLine | undefined;
  private readonly lines = new LineSplitter(longestRecord);

  constructor(
    private readonly name: string,
    private readonly stream: Readable,
  ) {}

  /** @throws InputError where it cannot be read, NoRecordsError where it has none */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordLine, void> {
    const chunks = this.stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    for (;;) {
      const step = await chunks.next().catch((error: unknown) => {
        throw new InputError(this.name, error);
      });
      if (step.done === true) this.lines.finish();
      else this.lines.push(step.value);
      yield* this.recordsAtHand();
      if (step.done === true) break;
    }
    if (this.records === 0) throw this.nothing();
  }

  private *recordsAtHand(): Generator<RecordLine, void> {
    for (let line = this.lines.take(); line !== undefined; line = this.lines.take()) {
      if (line === '') continue;
      const read = typeof line === 'string' ? parsedLine(line) : { isOtherVersion: false, why: line.flaw };
      if ('why' in read) this.passOver(read);
      else {
        this.records++;
        yield read;
      }
    }
  }

  private passOver({ isOtherVersion, why }: NoRecordLine): void {
    this.badLines++;
    this.firstBad ??= { number: this.lines.number, why };
    if (this.records === 0 && (isOtherVersion || this.badLines === patience)) throw this.nothing();
  }

  private nothing(): NoRecordsError {
    const { name, firstBad } = this;
    if (!firstBad) return new NoRecordsError(`There are no records in ${name}: it is empty`);
    return new NoRecordsError(`There are no records in ${name}: line ${firstBad.number} ${firstBad.why}`);
  }
}
