import { marbleSvg } from '../../marble-svg.js';
import { eventsOf } from '../events-of.js';
import type { RecordLine } from '../record-line.js';

/** Inputs that have a lane in the marble diagram. */
const mostLanes = 200;
/** Of the picture's text. */
const mostCharacters = 400_000;

/** Keeps the records of the first inputs, which come in any order, for a marble diagram. */
export class FirstInputs {
  private readonly lines: RecordLine[] = [];
  private records = 0;

  /** @param keep gives what may be kept of the record */
  add({ index }: RecordLine, keep: () => RecordLine): void {
    this.records++;
    // an index that came twice, of two runs in one file, is a second lane: but not without end
    if (index < mostLanes && this.lines.length < 2 * mostLanes) this.lines.push(keep());
  }

  /** Undefined where the records do not say when things happened. Fewer lanes where each has very many attempts. */
  svg(width: number): string | undefined {
    const events = eventsOf(this.lines);
    if (events.length === 0) return undefined;
    for (let rows = mostLanes; ; rows = Math.floor(rows / 2)) {
      const svg = marbleSvg(events, { width, rows, inputs: this.records });
      if (svg.length <= mostCharacters || rows === 0) return svg;
    }
  }
}
