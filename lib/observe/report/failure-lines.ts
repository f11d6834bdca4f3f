import { longest, printable, shortened } from '../printable.js';
import { failureAdvice } from './failure-advice.js';
import { grouped } from './figures.js';
import type { Paint } from './palette.js';
import type { FailureRow } from './run-snapshot.js';
import { wrapped } from './text-layout.js';

interface Setting {
  readonly width: number;
  readonly paint: Paint;
  readonly nameOf: (name: string) => string;
}

/** From so many columns on the kinds have a column of their own. */
const wide = 70;
/** A message that is longer is cut: an example is to be seen at a glance. */
const longestMessage = 400;

/** Each kind of failure: how often, the message and URL of its first, and what to do about it. */
export function failureLines(failures: readonly FailureRow[], { width, paint, nameOf }: Setting): string[] {
  if (failures.length === 0) return [];
  const counts = failures.map(({ count }) => grouped(count));
  const digits = longest(counts);
  const kinds = longest(failures.map(({ kind }) => kind));
  const margin = width >= wide ? digits + kinds + 6 : digits + 4;
  const indent = ' '.repeat(margin);
  const room = width - margin;
  return [
    paint('bold', 'Failed'),
    ...failures.flatMap(({ kind, url, message }, n) => {
      const count = (counts[n] ?? '').padStart(digits);
      const says = wrapped(messageOf(message), room);
      const does = wrapped(adviceOf(kind, nameOf), room - 2);
      const title = `  ${count}  ${paint('red', width >= wide ? kind.padEnd(kinds) : kind)}`;
      return [
        ...(width >= wide ? [`${title}  ${says.shift() ?? ''}`] : [title]),
        ...says.map((line) => indent + line),
        indent + paint('dim', shortened(printable(url), room)),
        ...does.map((line, at) => `${indent}${at === 0 ? '→ ' : '  '}${line}`),
      ];
    }),
  ];
}

/** The message without the method and URL that it begins with. */
function messageOf(message: string): string {
  const short = printable(message.slice(0, longestMessage * 2)).replace(/^(?:[A-Z]+ )?https?:\/\/\S+ /, '');
  return short.length > longestMessage ? `${short.slice(0, longestMessage)}…` : short;
}

function adviceOf(kind: FailureRow['kind'], nameOf: (name: string) => string): string {
  return failureAdvice[kind].replaceAll(/`([^`]*)`/g, (_, name: string) => nameOf(name));
}
