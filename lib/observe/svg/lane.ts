import type { Lane } from '../recorded-run.js';
import type { XOf } from './layout.js';
import { line } from './element.js';
import { againMark, attemptBar, recordMark, responseMark, startMark } from './marks.js';

/** Pixels below which a response cannot be told from what follows it. */
const responseWidth = 9;

/** One input: bars for its attempts, dots where it waits, marks for what happened. */
export function laneShapes(lane: Lane, y: number, xOf: XOf, end: number): string {
  const stretches: string[] = [];
  const marks: string[] = [];
  lane.steps.forEach(({ at, event }, step) => {
    const from = xOf(at);
    const to = xOf(lane.steps[step + 1]?.at ?? end);
    switch (event.type) {
      case 'pull':
        stretches.push(line(from, y, to, y, 'waits'));
        break;
      case 'start':
        stretches.push(attemptBar(from, to, y, 'head'));
        marks.push(startMark(from, y));
        break;
      case 'response':
        stretches.push(attemptBar(from, to, y, 'body'));
        if (to - from > responseWidth) marks.push(responseMark(from, y)); // else what follows covers it
        break;
      case 'wait':
        stretches.push(line(from, y, to, y, 'waits'));
        marks.push(againMark(from, y));
        break;
      case 'settle':
        marks.push(recordMark(from, y, event.result.ok));
        break;
    }
  });
  return [...stretches, ...marks].join('');
}
