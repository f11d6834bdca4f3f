import { checkCount, checkNames } from '../option-checks.js';
import { printable, shortened } from '../printable.js';
import { failureLines } from './failure-lines.js';
import { bytesText, durationText, grouped, plural, rateText } from './figures.js';
import { paintFor, type Paint } from './palette.js';
import type { RunSnapshot } from './run-snapshot.js';
import { sparkline } from './sparkline.js';
import { flowed, tableText, type Piece } from './text-layout.js';

/** Options of `summaryText`. */
export interface SummaryTextOptions {
  /** Most columns of a line, from 40 up. @default 80 */
  readonly width?: number;
  /** Whether it is coloured for a terminal. @default false */
  readonly color?: boolean;
  /** How an option or a field is called in the advice, where that is not its name here. @default its name */
  readonly nameOf?: (name: string) => string;
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
  const { width = 80, color = false, nameOf = (name: string) => name } = options;
  checkNames('summaryText', options, ['width', 'color', 'nameOf']);
  checkCount('summaryText', 'width', width, 40, true);
  const paint = paintFor(color);
  const sections = [
    [...verdict(snapshot, width, paint), ...(snapshot.settled > 0 ? facts(snapshot, width, paint) : [])],
    failureLines(snapshot.failures, { width, paint, nameOf }),
    slowest(snapshot, width, paint),
    hosts(snapshot, width, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function verdict(snapshot: RunSnapshot, width: number, paint: Paint): string[] {
  const { settled, succeeded, failed, pulled, elapsed } = snapshot;
  const head = `${plural(settled, 'URL')} in ${durationText(elapsed)}: `;
  const parts: Piece[] = [
    { text: `${grouped(succeeded)} succeeded`, style: 'green' },
    { text: `${grouped(failed)} failed`, style: failed > 0 ? 'red' : 'dim' },
  ];
  if (pulled > settled) parts.push({ text: `${grouped(pulled - settled)} not finished`, style: 'yellow' });
  const [line = '', ...more] = flowed(parts, width - head.length, paint);
  return more.length === 0
    ? [paint('bold', head) + line]
    : [paint('bold', head.trimEnd()), ...flowed(parts, width - 2, paint).map((text) => `  ${text}`)];
}

/** Figures, each with its name. */
function facts(snapshot: RunSnapshot, width: number, paint: Paint): string[] {
  const { requests, retries, healed, overall, durations, bytes, wireBytes, statuses } = snapshot;
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
      `${rateText(overall.requests)}/s`,
      ...(retries > 0 ? [retryText(retries), `after which ${plural(healed, 'URL')} succeeded`] : []),
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
      `${bytesText(overall.wireBytes)}/s`,
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

/** Nothing of a run that was over in one step. */
function throughput(
  { throughput: { records, step } }: RunSnapshot,
  room: number,
  fact: (name: string, pieces: readonly string[]) => string[],
): string[] {
  if (records.length < 2) return [];
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

function slowest({ slowest: rows }: RunSnapshot, width: number, paint: Paint): string[] {
  if (rows.length === 0) return [];
  return [
    paint('bold', 'Slowest'),
    ...rows.map(({ url, duration, attempts, ok }) => {
      const time = `  ${durationText(duration).padStart(10)}  `;
      const end = `${ok ? '' : '  failed'}${attempts > 1 ? `  ${attempts} attempts` : ''}`;
      return (
        time + shortened(printable(url), width - time.length - end.length) + paint(ok ? 'dim' : 'red', end)
      );
    }),
  ];
}

function hosts({ hosts: rows, otherHosts }: RunSnapshot, width: number, paint: Paint): string[] {
  if (rows.length === 0) return [];
  const all = otherHosts ? [...rows, { ...otherHosts, host: plural(otherHosts.hosts, 'other host') }] : rows;
  const [head = '', ...lines] = tableText(
    [
      ['Hosts', 'requests', 'failed', 'p50', 'p95', 'bytes'],
      ...all.map(({ host, requests, failed, p50, p95, bytes }) => [
        printable(host),
        grouped(requests),
        grouped(failed),
        durationText(p50),
        durationText(p95),
        bytesText(bytes),
      ]),
    ],
    width - 2,
  );
  return [paint('bold', `${head.slice(0, 5)}  ${head.slice(5)}`), ...lines.map((line) => `  ${line}`)];
}
