/** Something that happens at a frame of a diagram: a letter, `|` or `#`. */
export interface Mark {
  readonly frame: number;
  readonly mark: string;
}

/** A diagram, and the column of each of its marks. */
export interface Drawn {
  readonly diagram: string;
  readonly columns: readonly number[];
}

/** So many frames without a mark are written as ` 25ms `. */
const longQuiet = 25;

/**
 * Diagrams of RxJS's notation that stand below each other: a frame is in the same column of all. Where a group is
 * not over before the next mark, which the notation cannot say, that mark is drawn right after it.
 *
 * @param lines marks by frame, earliest first
 */
export function drawAligned(lines: readonly (readonly Mark[])[]): readonly Drawn[] {
  const quiet = commonQuiet(lines);
  return lines.map((marks) => drawLine(groupsOf(marks), quiet));
}

/** Marks of one frame, and the frames they take up. */
interface Group {
  readonly frame: number;
  readonly marks: readonly string[];
}

const widthOf = ({ marks }: Group): number => (marks.length === 1 ? 1 : marks.length + 2);

function groupsOf(marks: readonly Mark[]): Group[] {
  const frames = new Map<number, string[]>();
  for (const { frame, mark } of marks) {
    const group = frames.get(frame);
    if (group) group.push(mark);
    else frames.set(frame, [mark]);
  }
  return [...frames].map(([frame, group]) => ({ frame, marks: group }));
}

/** A stretch of frames in which no line has a mark. */
interface Quiet {
  readonly from: number;
  readonly to: number;
}

function commonQuiet(lines: readonly (readonly Mark[])[]): Quiet[] {
  const busy = lines.flatMap(groupsOf).sort((a, b) => a.frame - b.frame);
  const quiet: Quiet[] = [];
  let from = 0;
  for (const group of busy) {
    if (group.frame - from >= longQuiet) quiet.push({ from, to: group.frame });
    from = Math.max(from, group.frame + widthOf(group));
  }
  return quiet;
}

function drawLine(groups: readonly Group[], quiet: readonly Quiet[]): Drawn {
  const columns: number[] = [];
  let diagram = '';
  let frame = 0;
  for (const group of groups) {
    for (const { from, to } of quiet) {
      if (from < frame || to > group.frame) continue;
      diagram += `${passing(from - frame)} ${to - from}ms `;
      frame = to;
    }
    diagram += passing(group.frame - frame);
    const start = diagram.length;
    const single = group.marks.length === 1;
    group.marks.forEach((_, position) => columns.push(start + (single ? 0 : position + 1)));
    diagram += single ? group.marks.join('') : `(${group.marks.join('')})`;
    frame = Math.max(frame, group.frame) + widthOf(group);
  }
  return { diagram, columns };
}

/**
 * The first mark that the notation cannot say where it is: a group before it takes frames, and is not over.
 * @returns a sentence
 */
function crowded(marks: readonly Mark[]): string | undefined {
  let over = 0;
  for (const group of groupsOf(marks)) {
    const [first = ''] = group.marks;
    if (group.frame < over) {
      return `${first} at ${group.frame} ms lies within the group before it, which takes frames until ${over}: no diagram can say that. Let the answers come at other times`;
    }
    over = group.frame + widthOf(group);
  }
  return undefined;
}

/** Time as the notation has it: parts of a ms, which chance brings, have no character. */
function passing(frames: number): string {
  if (frames <= 0) return '';
  return Number.isInteger(frames) ? '-'.repeat(frames) : ` ${frames}ms `;
}

/** Whether two times are one: those of a diagram are sums of its parts. */
export function isSameFrame(one: number | undefined, other: number | undefined): boolean {
  return one === other || Math.abs((one ?? NaN) - (other ?? NaN)) < 1e-6;
}

/** A complaint: what it is about, both diagrams with the first difference marked, and what the difference is. */
export function complaint(
  what: string,
  expected: readonly Mark[],
  actual: readonly Mark[],
  difference: number,
  details: readonly string[],
): string {
  const [wanted, seen] = drawAligned([expected, actual]) as [Drawn, Drawn];
  const column = Math.min(wanted.columns[difference] ?? Infinity, seen.columns[difference] ?? Infinity);
  const tooClose = crowded(actual);
  return [
    what,
    '',
    `  expected  ${wanted.diagram}`,
    `  got       ${seen.diagram}`,
    `            ${' '.repeat(column)}^`,
    ...details.map((line) => `  ${line}`),
    ...(tooClose === undefined ? [] : [`  ${tooClose}`]),
  ].join('\n');
}
