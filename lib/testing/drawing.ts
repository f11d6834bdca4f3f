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
      diagram += `${'-'.repeat(from - frame)} ${to - from}ms `;
      frame = to;
    }
    diagram += '-'.repeat(Math.max(0, group.frame - frame));
    const start = diagram.length;
    const single = group.marks.length === 1;
    group.marks.forEach((_, position) => columns.push(start + (single ? 0 : position + 1)));
    diagram += single ? group.marks.join('') : `(${group.marks.join('')})`;
    frame = Math.max(frame, group.frame) + widthOf(group);
  }
  return { diagram, columns };
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
  return [
    what,
    '',
    `  expected  ${wanted.diagram}`,
    `  got       ${seen.diagram}`,
    `            ${' '.repeat(column)}^`,
    ...details.map((line) => `  ${line}`),
  ].join('\n');
}
