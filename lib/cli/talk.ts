import { jsonLine } from './json-line.js';
import type { RunPlan } from './run-plan.js';

/** More about a message, for those who read it as JSON. */
export type Details = Readonly<Record<string, unknown>>;

/** What is said on stderr. Everything that writes there does it through this. */
export interface Talk {
  /** What only somebody who looks for a fault wants to know. */
  debug(message: string, details?: Details): void;
  /** What happens. Not when quiet. */
  info(message: string, details?: Details): void;
  /** What somebody should know of, though all goes on. */
  warn(message: string, details?: Details): void;
  /** Why something cannot be done: one sentence. The stack of `cause` is added when verbose. */
  error(message: string, cause?: unknown): void;
  /** Text that is no message: a table, a bar. As it is: who writes it has made it harmless. Not when quiet. */
  print(text: string): void;
  /** Messages go to `write`, a line each with its end, as long as something is drawn there. Undefined: to stderr. */
  via(write: ((line: string) => void) | undefined): void;
  /** Nothing is said any more. */
  hush(): void;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

const ranks = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<Level, number>;
const least = { verbose: ranks.debug, normal: ranks.info, quiet: ranks.warn } as const;

/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
}

/** @param now ms since 1970 */
export function talkOn(stderr: TextSink, { level, json }: RunPlan['talk'], now: () => number): Talk {
  let write: ((line: string) => void) | undefined;
  let isHushed = false;
  const say = (messageLevel: Level, message: string, details?: Details): void => {
    if (isHushed || ranks[messageLevel] < least[level]) return;
    const line = json
      ? jsonLine({ time: new Date(now()).toISOString(), level: messageLevel, message, ...details })
      : `sluice: ${harmless(message)}`;
    if (write) write(`${line}\n`);
    else stderr.write(`${line}\n`);
  };
  return {
    debug: (message, details) => say('debug', message, details),
    info: (message, details) => say('info', message, details),
    warn: (message, details) => say('warn', message, details),
    error: (message, cause) => {
      const stack = level === 'verbose' && cause instanceof Error ? cause.stack : undefined;
      if (json) say('error', message, stack === undefined ? {} : { stack });
      else say('error', stack === undefined ? message : `${message}\n${stack}`);
    },
    print: (text) => {
      if (!isHushed && level !== 'quiet') stderr.write(text);
    },
    via: (next) => {
      write = next;
    },
    hush: () => {
      isHushed = true;
    },
  };
}

/** What moves a terminal's cursor or turns its text around. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** URLs and servers have a say in messages: what would act on a terminal is shown instead. */
function harmless(text: string): string {
  return text.replace(control, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
