import { stripVTControlCharacters } from 'node:util';
import type { TerminalStream } from './terminal.js';

const clearToEndOfLine = '\u001b[K';
const clearBelow = '\u001b[J';
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/** Columns that are left free: a terminal echoes `^C` behind what is drawn, and a full line may wrap. */
const spare = 3;

/** Lines at the bottom of a terminal that are drawn again and again, and messages above them. */
export class Screen {
  /** Columns of the lines that are on the terminal now. */
  private drawn: readonly number[] = [];
  private latest = '';
  private isHidden = false;

  constructor(private readonly stream: TerminalStream) {}

  /** Most columns of a line, as wide as the terminal is now. */
  get width(): number {
    const { columns = 0 } = this.stream;
    return Math.max(1, (columns > 0 ? columns : 80) - spare);
  }

  /** Draws lines over those that are there; nothing when they are the same. A terminal that is too low has the first ones. */
  draw(lines: readonly string[]): void {
    const { rows = 0 } = this.stream;
    const fitting = rows > 0 ? lines.slice(0, Math.max(1, rows - 1)) : lines;
    const text = fitting.map((line) => line + clearToEndOfLine).join('\r\n') + clearBelow;
    const isSame = this.drawn.length > 0 && text === this.latest && this.height() === fitting.length;
    if (isSame) return;
    this.stream.write((this.isHidden ? '' : hideCursor) + this.toTop() + text);
    this.isHidden = true;
    this.latest = text;
    this.drawn = fitting.map((line) => stripVTControlCharacters(line).length);
  }

  /** Writes a line with its end above the lines, which are gone until they are drawn again. */
  print(line: string): void {
    this.stream.write(this.erasure() + line);
  }

  /** Takes the lines away. */
  clear(): void {
    const text = this.erasure();
    if (text !== '') this.stream.write(text);
  }

  /** Takes the lines away and gives the cursor back. */
  close(): void {
    const text = this.erasure() + (this.isHidden ? showCursor : '');
    this.isHidden = false;
    if (text !== '') this.stream.write(text);
  }

  private erasure(): string {
    const text = this.drawn.length === 0 ? '' : this.toTop() + clearBelow;
    this.drawn = [];
    return text;
  }

  /** From behind the last line to before the first one. */
  private toTop(): string {
    const up = this.height() - 1;
    return up > 0 ? `\u001b[${up}A\r` : '\r';
  }

  /** Lines that they take now: a terminal that has become narrower has broken them. */
  private height(): number {
    const { columns = 0 } = this.stream;
    if (columns <= 0) return this.drawn.length;
    return this.drawn.reduce((rows, length) => rows + Math.max(1, Math.ceil(length / columns)), 0);
  }
}
