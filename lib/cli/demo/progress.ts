import { styleText } from 'node:util';
import { interval, map, scan, startWith, withLatestFrom, type Observable, type Subscription } from 'rxjs';
import type { FetchEvent } from '../../model/event.js';
import { count, noEvents, type Tally } from './tally.js';

type Style = Parameters<typeof styleText>[0];
/** Colours a text where the stream it goes to shows colours. */
export type Paint = (style: Style, text: string) => string;

/** Respects NO_COLOR and FORCE_COLOR, as Node does. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true });
}

/** A terminal's width; 80 where it does not tell. */
export function columnsOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : 80;
}

/** A run as it is drawn: the tally, how many inputs there are, and ms since the start. */
export interface View extends Tally {
  readonly total: number;
  readonly elapsed: number;
}

const redrawn = 100;
const repeated = 1_000;
const clearLine = '\r\x1b[K';

/**
 * Shows how a run stands: on a terminal one line, drawn again ten times a second; elsewhere a line a second.
 * Unsubscribing takes the terminal's line away.
 */
export function showProgress(
  events: Observable<FetchEvent>,
  total: number,
  stream: NodeJS.WriteStream,
): Subscription {
  const paint = paintFor(stream);
  const isTerminal = stream.isTTY && process.env['TERM'] !== 'dumb';
  const start = performance.now();
  const tallies = events.pipe(scan(count, noEvents), startWith(noEvents));
  const views = interval(isTerminal ? redrawn : repeated).pipe(
    withLatestFrom(tallies, (_, tally): View => ({ ...tally, total, elapsed: performance.now() - start })),
  );
  if (!isTerminal) return views.pipe(map(plainLine)).subscribe((line) => stream.write(`${line}\n`));

  const drawing = views
    .pipe(map((view) => liveLine(view, columnsOf(stream) - 3, paint))) // room for the ^C that a terminal echoes
    .subscribe((line) => stream.write(clearLine + line));
  drawing.add(() => stream.write(clearLine));
  return drawing;
}

/** What a log shows. */
export function plainLine(view: View): string {
  return `${view.settled}/${view.total} done, ${numbers(view).join(', ')}`;
}

/** What a terminal shows, in at most `width` columns: what does not fit is left out, from the right. */
export function liveLine(view: View, width: number, paint: Paint): string {
  const { settled, total, failed, waiting } = view;
  const done = `${String(settled).padStart(String(total).length)}/${total}`;
  const styles: Style[] = ['cyan', 'reset', waiting.size > 0 ? 'yellow' : 'dim', failed > 0 ? 'red' : 'dim'];

  let left = width - done.length;
  const shown = numbers(view).flatMap((text, n) => {
    left -= text.length + 2;
    return left < 0 ? [] : [paint(styles[n] ?? 'reset', text)];
  });
  const length = Math.min(left - 1, 30);
  const parts = [paint('bold', done), ...shown].join('  ');
  return length < 5 ? parts : `${bar(settled / total, length, paint)} ${parts}`;
}

/** Requests a second, in flight, waiting, failed. */
function numbers({ requests, elapsed, inFlight, waiting, failed }: View): string[] {
  const rate = elapsed > 0 ? Math.round((requests / elapsed) * 1_000) : 0;
  return [
    `${String(rate).padStart(3)} requests/s`,
    `${String(inFlight.size).padStart(2)} in flight`,
    `${String(waiting.size).padStart(2)} to retry`,
    `${String(failed).padStart(2)} failed`,
  ];
}

function bar(share: number, length: number, paint: Paint): string {
  const filled = Math.floor(share * length);
  return paint('green', '█'.repeat(filled)) + paint('dim', '░'.repeat(length - filled));
}
