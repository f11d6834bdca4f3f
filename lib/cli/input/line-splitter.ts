import { isAscii, isUtf8 } from 'node:buffer';

/** Longest line that is read, in bytes. */
export const longestLine = 1024 * 1024;
/** Bytes that are kept of a longer one, to know it by. */
const sampleBytes = 200;

const nothing = Buffer.alloc(0);
const lineFeed = Buffer.from('\n');

/** A line that is no text, or too much of it. */
export interface BadLine {
  /** Its beginning. */
  readonly sample: string;
  /** What is wrong with it, as the end of a sentence. */
  readonly flaw: string;
}

/** Takes bytes apart into lines, and holds no more of one than may be read. */
export class LineSplitter {
  /** Number of the line that was taken last, from 1. */
  number = 0;
  private chunk: Buffer = nothing;
  /** The chunk, where a line of it can have no flaw but its length. */
  private plain: string | undefined;
  private from = 0;
  /** What came before of the line whose end is not there yet. */
  private begun: Buffer[] = [];
  private begunBytes = 0;

  /** @param longest line that is read, in bytes */
  constructor(private readonly longest = longestLine) {}

  /** Adds bytes, when those before have been taken. */
  push(chunk: Buffer): void {
    this.chunk = chunk;
    this.from = 0;
    // one call for all lines of a chunk costs a fifth of one for each
    const text = isAscii(chunk) ? chunk.toString('latin1') : undefined;
    this.plain = text === undefined || odd.test(text) ? undefined : text;
  }

  /** The next line that is whole. */
  take(): string | BadLine | undefined {
    const { chunk, plain, from } = this;
    const end = plain === undefined ? chunk.indexOf(0x0a, from) : plain.indexOf('\n', from);
    if (end === -1) {
      if (from < chunk.length) this.keep(chunk.subarray(from));
      this.from = chunk.length;
      return undefined;
    }
    this.from = end + 1;
    if (plain === undefined || this.begunBytes > 0 || end - from > this.longest)
      return this.lineOf(chunk, from, end);
    this.number++;
    return plain.slice(from, end).trim();
  }

  /** No more bytes come: what is there of a line is whole. */
  finish(): void {
    this.push(this.begunBytes === 0 ? nothing : lineFeed);
  }

  private keep(piece: Buffer): void {
    const held = this.begunBytes;
    this.begunBytes += piece.length;
    if (this.begunBytes <= this.longest) this.begun.push(piece);
    else if (held <= this.longest) {
      this.begun.push(piece); // once more, for the sample
      this.begun = [Buffer.from(Buffer.concat(this.begun).subarray(0, sampleBytes))];
    }
  }

  private lineOf(chunk: Buffer, from: number, end: number): string | BadLine {
    const isFirst = this.number++ === 0;
    if (this.begunBytes === 0 && end - from <= this.longest) return textOf(chunk, from, end, isFirst);
    const bytes = this.begunBytes + end - from;
    const line = Buffer.concat([...this.begun, chunk.subarray(from, end)]);
    this.begun = [];
    this.begunBytes = 0;
    if (bytes <= this.longest) return textOf(line, 0, line.length, isFirst);
    const sample = shown(line.subarray(0, sampleBytes));
    return { sample, flaw: `is ${bytes} bytes long; the longest that is read has ${this.longest}` };
  }
}

/** In ASCII: what makes a line odd wherever it stands. A carriage return does so but at a line's end. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const odd = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;

// a tab, too: the URL parser leaves it out, and another URL would be fetched
// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\x00-\x1f\x7f]/;

function textOf(bytes: Buffer, from: number, end: number, isFirst: boolean): string | BadLine {
  const text = bytes.toString('utf8', from, end);
  const plain = (isFirst && text.startsWith('\ufeff') ? text.slice(1) : text).trim();
  if (plain.includes('\ufffd') && !isUtf8(bytes.subarray(from, end)))
    return { sample: shown(bytes.subarray(from, end)), flaw: 'is not text in UTF-8' };
  const flaw = flawOf(plain);
  if (flaw !== undefined) return { sample: shown(bytes.subarray(from, end)), flaw };
  return plain;
}

/** White space of JSON may be a carriage return. A comment with one hides the lines behind it. */
function flawOf(text: string): string | undefined {
  if (text.startsWith('{')) return undefined;
  if (text.includes('\r')) return 'has a carriage return in it: a line ends with a line feed';
  return control.test(text) && !text.startsWith('#') ? 'has control characters in it' : undefined;
}

function shown(bytes: Buffer): string {
  return bytes.toString('utf8', 0, sampleBytes);
}
