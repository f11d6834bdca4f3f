import { checkCount } from '../option-checks.js';
import { checkNames } from '../../pipeline/option-names.js';
import { printable, shortened } from '../printable.js';
import { failureLines } from './failure-lines.js';
import { bytesText, durationText, grouped, plural, rateText } from './figures.js';
import { paintFor, type Paint } from './palette.js';
import type { FailureGroup, RunSnapshot } from './run-snapshot.js';
import { sparkline } from './sparkline.js';
import { flowed, tableText, wrapped, type Piece } from './text-layout.js';

/** Options of `summaryText`. */
export interface SummaryTextOptions {
  /** Most columns of a line, from 40 up. @default 80 */
  readonly width?: number;
  /** Whether it is coloured for a terminal. @default false */
  readonly color?: boolean;
  /** How an option or a field is called in the advice, where that is not its name here. @default its name */
  readonly nameOf?: (name: string) => string;
  /**
   * What to do about failures that are alike, with names in backticks as `failureAdvice` has them. Undefined: what that
   * says; an empty text: nothing is said. @default what that says
   */
  readonly adviceOf?: (group: FailureGroup) => string | undefined;
  /** Of so many inputs a run that was stopped has not taken all. @default it was not stopped, or nobody knows */
  readonly total?: number | undefined;
}

const labelled = 12;

/**
 * What became of a run, for people: totals, percentiles, throughput, each kind of failure with an example and what to do
 * about it, the slowest inputs, the hosts.
 *
 * What came from servers and URLs is shown in printable ASCII: control characters, terminal escapes and marks that turn
 * the direction of text are written as `\u{1b}`. URLs are without credentials, and cut in the middle.
 *
 * @param snapshot of {@link runStatistics}
 * @returns lines, the last one without a line feed
 * @throws TypeError for a wrong option
 * @example
 * const statistics = runStatistics();
 * fetchFrom(urls, { events: statistics }).subscribe({
 *   complete: () => console.log(summaryText(statistics.snapshot(), { width: 100 })),
 * });
 */
export function summaryText(snapshot: RunSnapshot, options: SummaryTextOptions = {}): string {
  const { width = 80, color = false, nameOf = (name: string) => name, adviceOf = () => undefined } = options;
  checkNames('summaryText', options, ['width', 'color', 'nameOf', 'adviceOf', 'total']);
  checkCount('summaryText', 'width', width, 40, true);
  const paint = paintFor(color);
  const sections = [
    [
      ...verdict(snapshot, width, paint),
      ...notTaken(snapshot, options.total, width, paint),
      ...(snapshot.settled > 0 ? facts(snapshot, width, paint) : []),
    ],
    failureLines(snapshot, { width, paint, nameOf, adviceOf }),
    slowest(snapshot, width, paint),
    hosts(snapshot, width, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function verdict(snapshot: RunSnapshot, width: number, paint: Paint): string[] {
  const { settled, succeeded, failed, pulled, elapsed, cancelled: cut } = snapshot;
  // records that were collected from a queue do not say when they came
  const head = `${plural(settled, 'URL')}${elapsed > 0 ? ` in ${durationText(elapsed)}` : ''}: `;
  const parts: Piece[] = [
    { text: `${grouped(succeeded)} succeeded`, style: 'green' },
    { text: `${grouped(failed)} failed`, style: failed > 0 ? 'red' : 'dim' },
  ];
  if (cut > 0) parts.push({ text: `${grouped(cut)} cut off`, style: 'yellow' });
  if (pulled > settled) parts.push({ text: `${grouped(pulled - settled)} not finished`, style: 'yellow' });
  const [line = '', ...more] = flowed(parts, width - head.length, paint);
  return more.length === 0
    ? [paint('bold', head) + line]
    : [paint('bold', head.trimEnd()), ...flowed(parts, width - 2, paint).map((text) => `  ${text}`)];
}

/** What a run that was stopped has left. */
function notTaken({ pulled }: RunSnapshot, total: number | undefined, width: number, paint: Paint): string[] {
  if (total === undefined || total <= pulled) return [];
  const text = `Stopped: ${grouped(total - pulled)} of ${plural(total, 'URL')} were not taken`;
  return wrapped(text, width).map((line) => paint('yellow', line));
}

/** Figures, each with its name. */
function facts(snapshot: RunSnapshot, width: number, paint: Paint): string[] {
  const { requests, retries, healed, overall, durations, bytes, wireBytes, statuses, elapsed } = snapshot;
  const room = width - labelled - 2;
  const fact = (name: string, pieces: readonly string[]): string[] =>
    flowed(
      pieces.map((text) => ({ text })),
      room,
      paint,
    ).map((line, n) => `  ${paint('dim', (n === 0 ? name : '').padEnd(labelled))}${line}`);
  return [
    ...fact('Requests', [
      grouped(requests),
      ...(elapsed > 0 ? [`${rateText(overall.requests)}/s`] : []),
      ...(retries > 0 ? [retryText(retries), `${plural(healed, 'URL')} mended`] : []),
    ]),
    ...(durations
      ? fact(
          'Times',
          Object.entries(durations).map(([name, ms]: [string, number]) => `${name} ${durationText(ms)}`),
        )
      : []),
    ...fact('Bytes', [
      `${bytesText(bytes)} decoded`,
      `${bytesText(wireBytes)} on the wire`,
      ...(elapsed > 0 ? [`${bytesText(overall.wireBytes)}/s`] : []),
    ]),
    ...(statuses.length > 0
      ? fact(
          'Statuses',
          statuses.map(({ status, count }) => `${status}: ${grouped(count)}`),
        )
      : []),
    ...throughput(snapshot, room, fact),
  ];
}

function retryText(retries: number): string {
  return retries === 1 ? '1 retry' : `${grouped(retries)} retries`;
}

/** Nothing of a run that was over in a second. */
function throughput(
  { throughput: { records, step } }: RunSnapshot,
  room: number,
  fact: (name: string, pieces: readonly string[]) => string[],
): string[] {
  if (records.length < 4) return [];
  const { text, share, most } = sparkline(records, Math.min(60, room));
  const column = step * share;
  return [
    ...fact('Throughput', [text]),
    ...fact('', [
      `at most ${rateText((most / column) * 1_000)} URLs/s`,
      `a column is ${durationText(column)}`,
    ]),
  ];
}

function slowest({ slowest: rows, settled }: RunSnapshot, width: number, paint: Paint): string[] {
  if (settled < 2 || rows.length === 0) return [];
  return [
    paint('bold', 'Slowest'),
    ...rows.map(({ url, duration, attempts, ok, kind }) => {
      const time = `  ${durationText(duration).padStart(10)}  `;
      const isCut = kind === 'cancelled';
      const outcome = ok ? '' : `  ${isCut ? 'cut off' : 'failed'}`;
      const end = `${outcome}${attempts > 1 ? `  ${attempts} attempts` : ''}`;
      const style = ok ? 'dim' : isCut ? 'yellow' : 'red';
      return time + shortened(printable(url), width - time.length - end.length) + paint(style, end);
    }),
  ];
}

function hosts(snapshot: RunSnapshot, width: number, paint: Paint): string[] {
  const { hosts: rows, otherHosts, settled, cancelled: cut } = snapshot;
  if (settled < 2 || rows.length === 0) return [];
  const all = otherHosts ? [...rows, { ...otherHosts, host: 'other hosts' }] : rows;
  const [head = '', ...lines] = tableText(
    [
      ['Hosts', 'requests', 'failed', ...(cut > 0 ? ['cut off'] : []), 'p50', 'p95', 'bytes'],
      ...all.map(({ host, requests, failed, cancelled, p50, p95, bytes }) => [
        printable(host),
        grouped(requests),
        grouped(failed),
        ...(cut > 0 ? [grouped(cancelled)] : []),
        durationText(p50),
        durationText(p95),
        bytesText(bytes),
      ]),
    ],
    width - 2,
  );
  return [paint('bold', `${head.slice(0, 5)}  ${head.slice(5)}`), ...lines.map((line) => `  ${line}`)];
}
