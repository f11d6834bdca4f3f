const grouped = new Intl.NumberFormat('en-US');
const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

export function count(value: number): string {
  return grouped.format(value);
}

/** `1 input`, `1,200 inputs`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Ms as a time for people: `12 ms`, `1.25 s`, `3 min 20 s`, `2 h 5 min`. */
export function time(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${number(ms)} ms`;
  if (size < 60_000) return `${number(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (size < 3_600_000) return pair(seconds, 60, 'min', 's');
  return pair(Math.round(seconds / 60), 60, 'h', 'min');
}

export function bytes(size: number): string {
  if (size < 1_000) return `${count(size)} B`;
  const power = Math.min(4, Math.floor(Math.log10(size) / 3));
  return `${precise.format(size / 1_000 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? ''}`;
}

/** A share as percent: none is 0, and what is not all is never 100. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  if (part === whole) return '100%';
  const share = (part / whole) * 100;
  if (share < 0.1) return '<0.1%';
  return share > 99.9 ? '>99.9%' : `${share.toFixed(1)}%`;
}

/** What is said of records that are no success: some of them may only have been cut off. */
export function unfetched({ cancelled }: { readonly cancelled: number }): string {
  return cancelled === 0 ? 'failed' : 'failed or cut off';
}

/** Three digits; whole numbers in full. */
export function number(value: number): string {
  return Math.abs(value) >= 1_000 ? count(Math.round(value)) : precise.format(value);
}

function pair(small: number, per: number, large: string, rest: string): string {
  const remainder = small % per;
  const whole = `${count(Math.floor(small / per))} ${large}`;
  return remainder === 0 ? whole : `${whole} ${remainder} ${rest}`;
}
