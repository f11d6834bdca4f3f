const heights = '▁▂▃▄▅▆▇█';

/** Numbers as a row of bars, in at most `width` characters: so many numbers become one that they fit. */
export interface Sparkline {
  readonly text: string;
  /** How many numbers a character stands for. */
  readonly share: number;
  /** The largest sum that a character stands for. */
  readonly most: number;
}

export function sparkline(numbers: readonly number[], width: number): Sparkline {
  const share = Math.max(1, Math.ceil(numbers.length / width));
  const sums: number[] = [];
  numbers.forEach((number, n) => {
    const place = Math.floor(n / share);
    sums[place] = (sums[place] ?? 0) + number;
  });
  const most = sums.reduce((a, b) => Math.max(a, b), 0);
  return { text: sums.map((sum) => barOf(sum, most)).join(''), share, most };
}

/** Nothing is a blank, and whatever is more than nothing can be seen. */
function barOf(sum: number, most: number): string {
  return sum === 0 ? ' ' : heights.charAt(Math.max(0, Math.ceil((sum / most) * heights.length) - 1));
}
