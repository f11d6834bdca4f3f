/** `1,234,567`. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 URL`, `2 URLs`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `85 ms`, `1.2 s`, `2 min 5 s`, `3 h 20 min`. */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${grouped(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `999 B`, `1.2 kB`, `34 MB`. A kB is 1,000 bytes. */
export function bytesText(count: number): string {
  const rounded = Math.round(count);
  if (rounded < 1_000) return `${rounded} B`;
  let value = rounded;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : grouped(value)} ${units[unit] ?? ''}`;
}

/** `0.4`, `12`, `1,234`: a rate, to as many digits as it is worth. */
export function rateText(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : grouped(perSecond);
}
