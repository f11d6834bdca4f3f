import { checkCount } from '../option-checks.js';
import { checkNames } from '../../pipeline/option-names.js';
import { printable, shortened } from '../printable.js';
import { bytesText, durationText, grouped, rateText } from './figures.js';
import { paintFor, type Paint } from './palette.js';
import type { RunSnapshot } from './run-snapshot.js';
import type { Piece } from './text-layout.js';

/** Options of `progressText`. */
export interface ProgressTextOptions {
  /** How many inputs there are. @default unknown: there is a count instead of a share, and no ETA */
  readonly total?: number | undefined;
}

/**
 * How a run stands, in one line for a log: `120/295 done, 48/s, 16 in flight, 3 failed (dns 2, http 1), p50 80 ms, p95
 * 1.2 s, 433 kB/s, ETA 4 s`. Rates are those of the latest ten seconds.
 *
 * @throws TypeError for a wrong option
 * @example
 * const statistics = runStatistics();
 * const say = (): void => console.log(progressText(statistics.snapshot(Date.now())));
 * const every10s = interval(10_000).subscribe(say);
 * fetchFrom(urls, { events: statistics })
 *   .pipe(finalize(() => every10s.unsubscribe()))
 *   .subscribe({ complete: say });
 */
export function progressText(snapshot: RunSnapshot, options: ProgressTextOptions = {}): string {
  const { total } = options;
  checkNames('progressText', options, ['total']);
  if (total !== undefined) checkCount('progressText', 'total', total, 0);
  const { now, inFlight, failed, cancelled } = snapshot;
  return [
    `${done(snapshot, total)} done`,
    `${rateText(now.requests)}/s`,
    `${grouped(inFlight)} in flight`,
    failed > 0 ? `${grouped(failed)} failed (${byKind(snapshot)})` : '0 failed',
    ...(cancelled > 0 ? [`${grouped(cancelled)} cut off`] : []),
    ...durations(snapshot),
    `${bytesText(now.wireBytes)}/s`,
    ...eta(snapshot, total),
  ].join(', ');
}

/** What the lines on a terminal are made of. */
export interface ProgressView {
  readonly total: number | undefined;
  /** Most columns of a line. */
  readonly width: number;
  readonly color: boolean;
  /** Whether the slowest hosts have a line. */
  readonly showsHosts: boolean;
}

/** The same for a terminal: a bar and how fast it goes, what is under way and failed, the slowest hosts. */
export function progressLines(snapshot: RunSnapshot, view: ProgressView): string[] {
  const { total, width, color, showsHosts } = view;
  const { now, inFlight, waiting, failed, cancelled, slowestHosts } = snapshot;
  const paint = paintFor(color);
  const pace: Piece[] = [
    { text: total === undefined ? `${done(snapshot, total)} done` : done(snapshot, total), style: 'bold' },
    { text: `${rateText(now.requests)}/s`, style: 'cyan' },
    ...eta(snapshot, total).map((text) => ({ text })),
    { text: `${bytesText(now.wireBytes)}/s` },
  ];
  const state: Piece[] = [
    { text: `${grouped(inFlight)} in flight` },
    ...(waiting > 0 ? [{ text: `${grouped(waiting)} waiting`, style: 'yellow' as const }] : []),
    { text: failed > 0 ? `${grouped(failed)} failed` : '0 failed', style: failed > 0 ? 'red' : 'dim' },
    ...(cancelled > 0 ? [{ text: `${grouped(cancelled)} cut off`, style: 'yellow' as const }] : []),
    ...durations(snapshot).map((text) => ({ text })),
    ...(failed > 0 ? [{ text: byKind(snapshot), style: 'red' as const }] : []),
  ];
  const hosts = slowestHosts.map(({ host, p95 }) => ({
    text: `${shortened(printable(host), 40)} ${durationText(p95)}`,
  }));
  return [
    withBar(pace, total === undefined ? undefined : share(snapshot.settled, total), width, paint),
    fitting(state, width, paint).text,
    ...(showsHosts
      ? [fitting([{ text: 'slowest hosts, p95:', style: 'dim' }, ...hosts], width, paint).text]
      : []),
  ];
}

function done({ settled }: RunSnapshot, total: number | undefined): string {
  if (total === undefined) return grouped(settled);
  return `${grouped(settled).padStart(grouped(total).length)}/${grouped(total)}`;
}

function byKind({ failures }: RunSnapshot): string {
  return failures.map(({ kind, count }) => `${kind} ${grouped(count)}`).join(', ');
}

function durations({ durations: times }: RunSnapshot): string[] {
  return times ? [`p50 ${durationText(times.p50)}`, `p95 ${durationText(times.p95)}`] : [];
}

/** How long the rest takes if it goes on as in the latest seconds, or in these as in the whole run. */
function eta({ now, overall, settled }: RunSnapshot, total: number | undefined): string[] {
  const rate = now.records > 0 ? now.records : overall.records;
  if (total === undefined || rate === 0 || total < settled) return [];
  return [`ETA ${durationText(Math.ceil((total - settled) / rate) * 1_000).replace(/\.0 s$/, ' s')}`];
}

function share(settled: number, total: number): number {
  return total === 0 ? 1 : Math.min(1, settled / total);
}

const gap = '  ';

/** The pieces that fit into `width` columns; those that do not are left out, from the right. */
function fitting(all: readonly Piece[], width: number, paint: Paint): { text: string; length: number } {
  let length = -gap.length;
  const shown: string[] = [];
  for (const { text, style } of all) {
    if (length + gap.length + text.length > width) break;
    length += gap.length + text.length;
    shown.push(style ? paint(style, text) : text);
  }
  return { text: shown.join(gap), length: Math.max(0, length) };
}

const shortestBar = 5;
const longestBar = 40;

/** The line, and before it a bar in the place that it leaves. */
function withBar(all: readonly Piece[], part: number | undefined, width: number, paint: Paint): string {
  const { text, length } = fitting(all, width, paint);
  const bar = Math.min(longestBar, width - length - gap.length);
  if (part === undefined || bar < shortestBar) return text;
  const filled = Math.floor(part * bar);
  return `${paint('green', '█'.repeat(filled))}${paint('dim', '░'.repeat(bar - filled))}${gap}${text}`;
}
