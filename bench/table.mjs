/** A Markdown table that reads well in a terminal too: the first `texts` columns to the left, numbers to the right. */
export function table(texts, header, rows) {
  const full = [header, ...rows].map((row) => header.map((_, column) => row[column] ?? ''));
  const widths = header.map((_, column) => Math.max(3, ...full.map((row) => row[column].length)));
  const lines = full.map((row) =>
    row.map((cell, column) => (column < texts ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))),
  );
  const rule = widths.map((width, column) =>
    column < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [lines[0], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const whole = (value) => Math.round(value).toLocaleString('en-US');
export const mebi = (bytes) => (bytes / 2 ** 20).toFixed(0);
