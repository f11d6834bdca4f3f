import { element, line } from './element.js';

/** An attempt: thin until the head of the response, thick while the body is read. */
export function attemptBar(from: number, to: number, y: number, part: 'head' | 'body'): string {
  const height = part === 'head' ? 5 : 11;
  const width = Math.max(1, to - from);
  return element('rect', { x: from, y: y - height / 2, width, height, rx: 1.5, class: part });
}

/** An attempt starts. */
export function startMark(x: number, y: number): string {
  return line(x, y - 7, x, y + 7, 'start');
}

/** The head of the response arrived: a triangle that points to the body. */
export function responseMark(x: number, y: number): string {
  return element('path', { d: `M${x - 3} ${y - 6}L${x + 5} ${y}L${x - 3} ${y + 6}Z`, class: 'response' });
}

/** The attempt failed and another follows: an open cross. */
export function againMark(x: number, y: number): string {
  return line(x - 4, y - 4, x + 4, y + 4, 'again') + line(x - 4, y + 4, x + 4, y - 4, 'again');
}

/** The record: a round one for success, a square with a cross for failure. */
export function recordMark(x: number, y: number, ok: boolean): string {
  if (ok) return element('circle', { cx: x, cy: y, r: 6, class: 'ok' });
  const cross = line(x - 3, y - 3, x + 3, y + 3, 'cross') + line(x - 3, y + 3, x + 3, y - 3, 'cross');
  return element('rect', { x: x - 6, y: y - 6, width: 12, height: 12, rx: 1.5, class: 'fail' }) + cross;
}

/** A record with the letter of its input: round for success, square for failure. */
export function marble(x: number, y: number, ok: boolean, letter: string): string {
  const shape = ok
    ? element('circle', { cx: x, cy: y, r: 9, class: 'ok' })
    : element('rect', { x: x - 8.5, y: y - 8.5, width: 17, height: 17, rx: 2, class: 'fail' });
  return shape + element('text', { x, y: y + 4, class: 'letter' }, letter);
}
