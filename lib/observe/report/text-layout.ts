import { longest, shortened } from '../printable.js';
import type { Paint, Style } from './palette.js';

/** A part of a line that is not broken. */
export interface Piece {
  readonly text: string;
  readonly style?: Style;
}

/** Pieces with commas between them, in lines of at most `width` columns; a piece that is longer has its own line. */
export function flowed(pieces: readonly Piece[], width: number, paint: Paint): string[] {
  const lines: { length: number; text: string }[] = [];
  pieces.forEach(({ text, style }, n) => {
    const comma = n < pieces.length - 1 ? ',' : '';
    const painted = (style ? paint(style, text) : text) + comma;
    const length = text.length + comma.length;
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + length > width) lines.push({ length, text: painted });
    else lines[lines.length - 1] = { length: last.length + 1 + length, text: `${last.text} ${painted}` };
  });
  return lines.map(({ text }) => text);
}

/** Words in lines of at most `width` columns; a word that is longer than a line goes on in the next. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, width))) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function pieces(word: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from({ length: count }, (_, n) => word.slice(n * width, (n + 1) * width));
}

const gap = '  ';
/** Columns that the words of a table have at least. */
const fewest = 16;

/**
 * Rows below each other in at most `width` columns. The first column is words, and cut in the middle to what the others
 * leave; those are figures, stand on the right, and the last ones are left out when words had less than 16 columns.
 */
export function tableText(rows: readonly (readonly string[])[], width: number): string[] {
  const figures = (rows[0] ?? []).slice(1).map((_, n) => longest(rows.map((row) => row[n + 1] ?? '')));
  const taken = (): number => figures.reduce((sum, length) => sum + length + gap.length, 0);
  while (figures.length > 0 && width - taken() < fewest) figures.pop();
  const words = Math.min(longest(rows.map(([word = '']) => word)), width - taken());
  return rows.map(([word = '', ...cells]) =>
    [
      shortened(word, words).padEnd(words),
      ...figures.map((length, n) => (cells[n] ?? '').padStart(length)),
    ].join(gap),
  );
}
