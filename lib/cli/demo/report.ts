import type { FailureKind } from '../../model/fetch-error.js';
import type { FetchFailure, FetchResult } from '../../model/result.js';
import type { Paint } from './progress.js';

/** What the report wants to know of a page: bytes decoded and as they came over the wire. */
export interface Sizes {
  readonly decoded: number;
  readonly wire: number;
}

type Result = FetchResult<Sizes>;

export interface Run {
  readonly records: readonly Result[];
  /** How many inputs there were; more than records when the run was stopped. */
  readonly total: number;
  /** In ms. */
  readonly elapsed: number;
}

/** A run, for people, in `width` columns. Only URLs may be longer: they are never cut. */
export function report({ records, total, elapsed }: Run, width: number, paint: Paint): string {
  const failures = records.filter((record) => !record.ok);
  const succeeded = records.length - failures.length;
  const left = total - records.length;
  const verdict = [
    paint('green', `${succeeded} succeeded`),
    paint(failures.length > 0 ? 'red' : 'dim', `${failures.length} failed`),
    ...(left > 0 ? [paint('yellow', `${left} not started`)] : []),
  ].join(', ');
  const facts = figures(records, elapsed).map(
    ([name, value]) => `  ${paint('dim', name.padEnd(10))}${value}`,
  );
  return [
    `${paint('bold', plural(total, 'URL'))} in ${duration(elapsed)}: ${verdict}`,
    '',
    ...facts,
    ...(failures.length > 0 ? ['', ...failureTable(failures, width, paint)] : []),
    '',
  ].join('\n');
}

/** Requests, times and bytes, named. */
function figures(records: readonly Result[], elapsed: number): [string, string][] {
  const attempts = sum(records.map((record) => record.attempts));
  const retries = sum(records.map((record) => Math.max(0, record.attempts - 1)));
  const healed = records.filter((record) => record.ok && record.attempts > 1).length;
  const rate = elapsed > 0 ? Math.round((attempts / elapsed) * 1_000) : 0;
  const times = records.filter((record) => record.attempts > 0).map((record) => record.duration);
  const shares = [50, 90, 99].map((share) => `p${share} ${duration(percentile(times, share))}`);
  const sizes = records.flatMap((record) => (record.ok ? [record.value] : []));
  return [
    ['Requests', `${attempts}, ${rate}/s`],
    ['Retries', `${retries}, after which ${plural(healed, 'URL')} succeeded`],
    ['Times', times.length > 0 ? `${shares.join(', ')}; retries included` : 'none: nothing was sent'],
    [
      'Bytes',
      `${bytes(sum(sizes.map(({ decoded }) => decoded)))} decoded, ${bytes(sum(sizes.map(({ wire }) => wire)))} on the wire`,
    ],
  ];
}

/** Each kind of failure: how often, the message of its first, and that one's URL. */
function failureTable(failures: readonly FetchFailure[], width: number, paint: Paint): string[] {
  const byKind = new Map<FailureKind, [FetchFailure, ...FetchFailure[]]>();
  for (const failure of failures) {
    const others = byKind.get(failure.error.kind);
    if (others) others.push(failure);
    else byKind.set(failure.error.kind, [failure]);
  }
  const kinds = [...byKind].sort(([, a], [, b]) => b.length - a.length);
  const longest = Math.max(...kinds.map(([kind]) => kind.length));
  const margin = ' '.repeat(longest + 12);
  return [
    paint('bold', `  failed  ${'kind'.padEnd(longest)}  such as`),
    ...kinds.flatMap(([kind, alike]) => {
      const [message = '', ...more] = wrap(shortMessage(alike[0]), width - margin.length);
      return [
        `  ${String(alike.length).padStart(6)}  ${paint('red', kind.padEnd(longest))}  ${message}`,
        ...more.map((line) => margin + line),
        margin + paint('dim', String(alike[0].request.url)),
      ];
    }),
  ];
}

/** The message without the method and URL that it begins with. */
function shortMessage({ error }: FetchFailure): string {
  return error.message.replace(/^(?:[A-Z]+ )?https?:\/\/\S+ /, '');
}

/** The smallest number that at least `share` percent of them do not exceed; 0 of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
