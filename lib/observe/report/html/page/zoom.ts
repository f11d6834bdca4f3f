/** What is seen of a length of time. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** A millionth of it all is small enough. */
const least = 1e-6;

/** Makes a view `factor` times as long; the time `around` stays where it is. */
export function zoomed({ from, to }: View, factor: number, around: number, whole: View): View {
  const length = Math.max((to - from) * factor, (whole.to - whole.from) * least);
  const share = to > from ? (around - from) / (to - from) : 0.5;
  return within({ from: around - share * length, to: around + (1 - share) * length }, whole);
}

/** Moves a view by a part of its length. */
export function moved({ from, to }: View, part: number, whole: View): View {
  const by = (to - from) * part;
  return within({ from: from + by, to: to + by }, whole);
}

/** A view that shows nothing beyond the whole. */
export function within({ from, to }: View, whole: View): View {
  const length = to - from;
  if (length >= whole.to - whole.from) return whole;
  const start = Math.min(Math.max(from, whole.from), whole.to - length);
  return { from: start, to: start + length };
}

/** Round times within a view, at most so many. */
export function ticksOf({ from, to }: View, most: number): readonly number[] {
  const length = to - from;
  if (!(length > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(length / most));
  const step = [1, 2, 5, 10, 20].map((mantissa) => mantissa * power).find((ms) => length / ms <= most);
  const by = step ?? length;
  const first = Math.ceil(from / by);
  return Array.from({ length: Math.max(0, Math.floor(to / by) - first + 1) }, (_, n) => (first + n) * by);
}
