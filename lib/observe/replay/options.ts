import { checkOptions, queueRules, received } from '../../pipeline/option-rules.js';
import type { FetchOptions, PerHostOptions, QueueBound } from '../../pipeline/options.js';
import type { RetryOptions } from '../../pipeline/retry.js';

/**
 * Options of the pipeline that ran, those that can be written down: a function or a signal cannot. `Infinity` can.
 */
export interface ReplayedOptions
  extends
    Pick<FetchOptions, 'rate' | 'circuit' | 'lookahead' | 'timeout' | 'maxBodyBytes' | 'maxRedirects'>,
    QueueBound {
  /** Most attempts under way at once. @default the most attempts that were under way at once */
  readonly concurrency?: number;
  /** Limits of each host. @default none */
  readonly perHost?: Omit<PerHostOptions, 'key'>;
  /** How failed attempts are repeated; the times between them are those recorded. @default as many as were recorded */
  readonly retry?: number | false | Omit<RetryOptions, 'backoff' | 'on'>;
}

/** Options of `toMarbleSpec`: its own, and those that the pipeline had. */
export interface MarbleSpecOptions extends ReplayedOptions {
  /** What the test is called. @default 'replays a recorded run' */
  readonly name?: string;
  /**
   * What the inputs came through: `fetchFrom` pulls them in the replay too, for `fetchEach` they come when they were
   * recorded to come. @default 'fetchFrom'
   */
  readonly source?: 'fetchFrom' | 'fetchEach';
}

/** Names of the options that can be written down. */
export const replayedNames: readonly (keyof ReplayedOptions)[] = [
  'concurrency',
  'perHost',
  'rate',
  'circuit',
  'lookahead',
  'timeout',
  'retry',
  'maxBodyBytes',
  'maxRedirects',
  'maxQueued',
  'overflow',
];

/** @throws TypeError for what a pipeline would not take, and for what cannot be written down */
export function checkReplayed(source: unknown, name: unknown, options: ReplayedOptions): void {
  if (source !== 'fetchFrom' && source !== 'fetchEach') {
    throw new TypeError(
      `toMarbleSpec: expected \`source\` to be 'fetchFrom' or 'fetchEach', got ${received(source)}`,
    );
  }
  if (typeof name !== 'string') {
    throw new TypeError(`toMarbleSpec: expected \`name\` to be a string, got ${received(name)}`);
  }
  checkOptions('toMarbleSpec', options, source === 'fetchEach' ? queueRules : {});
  checkPlain(options, '');
}

function checkPlain(options: object, path: string): void {
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    const isPart = typeof value === 'object' && value !== null;
    if (isPart && Object.getPrototypeOf(value) === Object.prototype) checkPlain(value, `${path}${key}.`);
    else if (isPart || typeof value === 'function') {
      throw new TypeError(
        `toMarbleSpec: expected \`${path}${key}\` to be something that can be written down, got ${received(value)}: leave it out`,
      );
    }
  }
}
