import { longest, printable, shortened } from '../printable.js';
import { failureAdvice } from './failure-advice.js';
import { grouped } from './figures.js';
import type { Paint } from './palette.js';
import type { FailureGroup, RunSnapshot } from './run-snapshot.js';
import { wrapped } from './text-layout.js';

interface Setting {
  readonly width: number;
  readonly paint: Paint;
  readonly nameOf: (name: string) => string;
  readonly adviceOf: (group: FailureGroup) => string | undefined;
}

/** From so many columns on the kinds have a column of their own. */
const wide = 70;
/** A message that is longer is cut: an example is to be seen at a glance. */
const longestMessage = 400;

/** What is said of one group of failures. */
interface Row {
  readonly count: number;
  readonly title: string;
  readonly says: string;
  readonly url?: string;
  readonly does?: string;
}

/** Each group of failures that are alike: how often, the message and URL of its first, and what to do about it. */
export function failureLines(
  { failureGroups, otherFailures }: Pick<RunSnapshot, 'failureGroups' | 'otherFailures'>,
  setting: Setting,
): string[] {
  const { width, paint } = setting;
  const rows = rowsOf(failureGroups, otherFailures, setting);
  if (rows.length === 0) return [];
  const counts = rows.map(({ count }) => grouped(count));
  const digits = longest(counts);
  const titles = longest(rows.map(({ title }) => title));
  const margin = width >= wide ? digits + titles + 6 : digits + 4;
  const indent = ' '.repeat(margin);
  const room = width - margin;
  return [
    paint('bold', 'Failed'),
    ...rows.flatMap(({ title, says, url, does }, n) => {
      const lines = wrapped(says, room);
      const head = `  ${(counts[n] ?? '').padStart(digits)}  ${paint('red', width >= wide ? title.padEnd(titles) : title)}`;
      return [
        ...(width >= wide ? [`${head}  ${lines.shift() ?? ''}`] : [head]),
        ...lines.map((line) => indent + line),
        ...(url === undefined ? [] : [indent + paint('dim', shortened(printable(url), room))]),
        ...(does === undefined || does === ''
          ? []
          : wrapped(does, room - 2).map((line, at) => `${indent}${at === 0 ? '→ ' : '  '}${line}`)),
      ];
    }),
  ];
}

/** Those that failed, then the rest of them in one. */
function rowsOf(groups: readonly FailureGroup[], others: number | undefined, setting: Setting): Row[] {
  const row = (group: FailureGroup): Row => ({
    count: group.count,
    title: group.status === undefined ? group.kind : `${group.kind} ${group.status}`,
    says: messageOf(group.message),
    url: group.url,
    does: adviceFor(group, setting),
  });
  const rest: Row[] =
    others === undefined ? [] : [{ count: others, title: 'others', says: 'of further statuses and codes' }];
  return [...groups.map(row), ...rest];
}

/** The message without the method and URL that it begins with. */
function messageOf(message: string): string {
  const short = printable(message.slice(0, longestMessage * 2)).replace(/^(?:[A-Z]+ )?https?:\/\/\S+ /, '');
  return short.length > longestMessage ? `${short.slice(0, longestMessage)}…` : short;
}

function adviceFor(group: FailureGroup, { adviceOf, nameOf }: Setting): string {
  const advice = adviceOf(group) ?? failureAdvice[group.kind];
  return advice.replaceAll(/`([^`]*)`/g, (_, name: string) => nameOf(name));
}
