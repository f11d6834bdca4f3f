import { line, text } from './element.js';
import { againMark, attemptBar, recordMark, responseMark, startMark } from './marks.js';
import { characterWidth } from './style.js';

interface Entry {
  readonly words: string;
  readonly width: number;
  readonly shapes: (x: number, y: number) => string;
}

const entries: readonly Entry[] = [
  { words: 'waits', width: 20, shapes: (x, y) => line(x, y, x + 20, y, 'waits') },
  { words: 'attempt', width: 20, shapes: (x, y) => attemptBar(x, x + 20, y, 'head') + startMark(x, y) },
  {
    words: 'response, then its body',
    width: 20,
    shapes: (x, y) => attemptBar(x, x + 20, y, 'body') + responseMark(x + 2, y),
  },
  { words: 'failed, again later', width: 10, shapes: (x, y) => againMark(x + 5, y) },
  { words: 'success', width: 12, shapes: (x, y) => recordMark(x + 6, y, true) },
  { words: 'failure', width: 12, shapes: (x, y) => recordMark(x + 6, y, false) },
];

/** What the marks mean, in as many lines as they need. @returns shapes, and the height of all lines */
export function legend(left: number, right: number, top: number): { shapes: string; height: number } {
  let x = left;
  let y = top;
  let shapes = '';
  for (const { words, width, shapes: draw } of entries) {
    const whole = width + 6 + words.length * characterWidth;
    if (x > left && x + whole > right) {
      x = left;
      y += 20;
    }
    shapes += draw(x, y) + text(x + width + 6, y + 4, words, 'soft');
    x += whole + 16;
  }
  return { shapes, height: y - top + 20 };
}
