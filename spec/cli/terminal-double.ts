import type { TerminalStream } from '../../lib/cli/progress/terminal.js';

/** A terminal that knows what it shows: it wraps what is too long, and reflows when it becomes narrower. */
export class TerminalDouble implements TerminalStream {
  readonly isTTY: boolean;
  readonly writes: string[] = [];
  isCursorHidden = false;
  rows: number;
  private width: number;
  private cells: string[] = [''];
  private row = 0;
  private column = 0;

  constructor({ isTTY = true, columns = 100, rows = 24 } = {}) {
    this.isTTY = isTTY;
    this.width = columns;
    this.rows = rows;
  }

  get columns(): number {
    return this.width;
  }

  /** Breaks the lines that are too long now; the cursor stays behind the same character. */
  set columns(columns: number) {
    this.width = columns;
    const broken = this.cells.map((line) => pieces(line, columns));
    const own = pieces((this.cells[this.row] ?? '').slice(0, this.column), columns);
    this.row = broken.slice(0, this.row).flat().length + own.length - 1;
    this.column = own.at(-1)?.length ?? 0;
    this.cells = broken.flat();
  }

  /** The lines that are shown. */
  lines(): string[] {
    return this.cells.map((line) => line.trimEnd());
  }

  write(text: string): void {
    this.writes.push(text);
    // eslint-disable-next-line no-control-regex -- what a terminal obeys
    for (const [token] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|[^]/gu)) this.obey(token);
  }

  private obey(token: string): void {
    const line = this.cells[this.row] ?? '';
    if (token.length > 2) this.control(token, line);
    else if (token === '\r') this.column = 0;
    else if (token === '\n')
      this.toRow(this.row + 1, 0); // as a terminal's driver sends it
    else this.show(token);
  }

  private control(token: string, line: string): void {
    if (token === '\u001b[K') this.cells[this.row] = line.slice(0, this.column);
    else if (token === '\u001b[J') {
      this.cells[this.row] = line.slice(0, this.column);
      this.cells.length = this.row + 1;
    } else if (token === '\u001b[?25l') this.isCursorHidden = true;
    else if (token === '\u001b[?25h') this.isCursorHidden = false;
    else if (token.endsWith('A')) this.row = Math.max(0, this.row - Number(token.slice(2, -1)));
    else if (!token.endsWith('m')) throw new Error(`the terminal does not know ${JSON.stringify(token)}`);
  }

  private show(character: string): void {
    if (this.column === this.width && this.isTTY) this.toRow(this.row + 1, 0);
    const line = (this.cells[this.row] ?? '').padEnd(this.column);
    this.cells[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column++;
  }

  private toRow(row: number, column: number): void {
    this.row = row;
    this.column = column;
    while (this.cells.length <= row) this.cells.push('');
  }
}

function pieces(line: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(line.length / width));
  return Array.from({ length: count }, (_, n) => line.slice(n * width, (n + 1) * width));
}
