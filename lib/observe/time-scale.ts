const mantissas = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** The least round number of ms, from 1 up, that is not below `ms`. */
function roundUp(ms: number): number {
  if (!(ms > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(ms));
  const round = [...mantissas, 10].map((mantissa) => Math.round(mantissa * power * 100) / 100);
  return round.find((candidate) => candidate >= ms && Number.isInteger(candidate)) ?? Math.ceil(ms);
}

/** Ms of one column, so that a run of `duration` takes at most so many columns. */
export function columnTime(duration: number, columns: number): number {
  const ms = roundUp(duration / columns);
  // what happens in the last ms of a run still needs a column
  return Math.floor(duration / ms) < columns ? ms : roundUp(ms * 1.01);
}

/** Round times from 0 to `duration`, at most so many steps apart. */
export function ticks(duration: number, most: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, duration / most)));
  const step = [1, 2, 5, 10].map((mantissa) => mantissa * power).find((ms) => duration / ms <= most);
  const count = Math.floor(duration / (step ?? 1));
  return Array.from({ length: count + 1 }, (_, tick) => tick * (step ?? 1));
}
