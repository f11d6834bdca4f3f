import { marbleDiagram } from '../marble-diagram.js';
import { marbleSvg } from '../marble-svg.js';
import { eventsOf } from './events-of.js';
import { leanLine } from './lean-line.js';
import type { RecordLine } from './record-line.js';

/** Inputs that have a lane in the marble diagram. */
const mostLanes = 200;
/** Of the picture's text. */
const mostCharacters = 400_000;

/** Keeps the records of the first inputs, which come in any order, for a marble diagram. */
export class FirstInputs {
  private readonly lines: RecordLine[] = [];
  private records = 0;

  /** @param keep gives what may be kept of the record */
  add(line: RecordLine, keep = () => leanLine(line)): void {
    this.records++;
    // an index that came twice, of two runs in one file, is a second lane: but not without end
    if (line.index < mostLanes && this.lines.length < 2 * mostLanes) this.lines.push(keep());
  }

  /** As lines of text, of at most so many characters. */
  text(width: number): string {
    return marbleDiagram(eventsOf(this.lines), { width, rows: mostLanes, inputs: this.records });
  }

  /** As a picture. Fewer inputs have a lane where each has very many attempts. */
  svg(width: number): string {
    const events = eventsOf(this.lines);
    for (let rows = mostLanes; ; rows = Math.floor(rows / 2)) {
      const svg = marbleSvg(events, { width, rows, inputs: this.records });
      if (svg.length <= mostCharacters || rows === 0) return svg;
    }
  }
}
