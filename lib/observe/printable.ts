/**
 * What a terminal, a file or a picture can show as it stands: control characters, marks that turn the direction
 * of text, and what is wider than a column are written as `\u{202e}`. `shortened` puts an ellipsis where it cuts, so that is let through.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e…]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** Its beginning, which tells the host, and its end, in which URLs of one host differ. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most <= 1) return '…'.slice(0, Math.max(0, most));
  const end = Math.ceil(((most - 1) * 2) / 3);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

/** Characters of the longest text. */
export function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
