import type { FetchEvent } from '../model/event.js';
import { nothingHappened } from './marble-diagram.js';
import { checkCount } from './option-checks.js';
import { checkNames } from '../pipeline/option-names.js';
import { lastAt, recordedRun, type RecordedRun } from './recorded-run.js';
import { element, escaped, line, text } from './svg/element.js';
import { laneShapes } from './svg/lane.js';
import { layoutOf, padding, type Layout } from './svg/layout.js';
import { legend } from './svg/legend.js';
import { recordShapes } from './svg/records.js';
import { style } from './svg/style.js';
import { laneSentence, runSentence, tallyWords } from './svg/words.js';
import { ticks } from './time-scale.js';

/** Options of `marbleSvg`. */
export interface MarbleSvgOptions {
  /** Pixels, from 400 up. @default 860 */
  readonly width?: number;
  /** Most inputs that have a lane of their own; the others are summed up in one line. @default 40 */
  readonly rows?: number;
  /** Inputs of the whole run, where the events are those of its first inputs alone. @default those that the events tell of */
  readonly inputs?: number;
}

/**
 * Draws a run as a picture for a README, an issue or a report: what `marbleDiagram` shows, to scale.
 *
 * A lane for each input with a bar for each attempt, thin until the head of the response and thick while the body is
 * read; dots where it waits; an open cross where an attempt failed and another follows; a disc for success, a square for
 * failure. Below are the records as marbles. The picture is one self-contained SVG: no scripts, no fonts, light or
 * dark as the reader's system is, with a title and a description for those who do not see it.
 *
 * @param events what the `events` option was told, in order
 * @returns the text of an SVG file
 * @throws TypeError for a wrong option
 * @example
 * const events: FetchEvent[] = [];
 * fetchFrom(['http://localhost/'], { events: { next: (event) => events.push(event) } }).subscribe({
 *   complete: () => console.log(marbleSvg(events)),
 * });
 */
export function marbleSvg(events: Iterable<FetchEvent>, options: MarbleSvgOptions = {}): string {
  const { width = 860, rows = 40, inputs = 0 } = options;
  checkNames('marbleSvg', options, ['width', 'rows', 'inputs']);
  checkCount('marbleSvg', 'width', width, 400);
  checkCount('marbleSvg', 'rows', rows, 0, true);
  checkCount('marbleSvg', 'inputs', inputs, 0);
  const run = recordedRun(events);
  if (run.lanes.length === 0) return picture(width, 44, nothingHappened, '', []);

  const layout = layoutOf(run, width, rows);
  const { lanes, rest, xOf, yOf, recordsAt } = layout;
  const records = recordShapes(run, recordsAt, xOf);
  const key = legend(padding, width - padding, recordsAt + records.height + 14);
  const height = recordsAt + records.height + 14 + key.height;
  return picture(width, Math.ceil(height), runSentence(run, inputs), lanes.map(laneSentence).join(' '), [
    axis(run, layout),
    lanes.map((_, row) => laneGroup(run, layout, row)).join(''), // one argument: there may be very many
    rest.length === 0
      ? ''
      : text(padding, yOf(lanes.length) + 4, `… ${rest.length} more: ${tallyWords(rest)}`, 'soft'),
    text(padding, recordsAt + 4, 'records', 'label'),
    records.shapes,
    key.shapes,
  ]);
}

function picture(
  width: number,
  height: number,
  title: string,
  description: string,
  parts: readonly string[],
): string {
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  const ground = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8, class: 'ground' };
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', class: 'sluice' },
    element('title', {}, escaped(title)),
    element('desc', {}, escaped(description)),
    element('style', {}, style),
    element('rect', ground),
    text(padding, 26, title, 'summary'),
    ...parts,
  );
}

/** Round times, and a line through all lanes at each. */
function axis({ duration }: RecordedRun, { span, xOf, recordsAt }: Layout): string {
  const lines = ticks(duration, Math.max(1, Math.floor(span / 55))).map(
    (at) => line(xOf(at), 54, xOf(at), recordsAt - 10, 'grid') + text(xOf(at), 48, String(at), 'soft middle'),
  );
  return text(padding, 48, 'ms', 'soft') + lines.join('');
}

/** A lane with its label, its outcome, and a title for who points at it. */
function laneGroup(run: RecordedRun, { lanes, labels, outcomes, xOf, yOf }: Layout, row: number): string {
  const lane = lanes[row];
  if (!lane) return '';
  const y = yOf(row);
  const end = lane.result ? lastAt(lane) : run.duration;
  return element(
    'g',
    {},
    element('title', {}, escaped(laneSentence(lane))),
    text(padding, y + 4, labels[row] ?? '', 'label'),
    laneShapes(lane, y, xOf, run.duration),
    text(xOf(end) + 12, y + 4, outcomes[row] ?? '', 'soft'),
  );
}
