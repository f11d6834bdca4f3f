import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import type { Output } from '../../lib/files/output.js';
import type { RunIo } from '../../lib/cli/run-io.js';
import type { RunPlan } from '../../lib/cli/run-plan.js';
import type { RunSource } from '../../lib/cli/run-source.js';
import { run } from '../../lib/cli/run.js';
import { talkOn } from '../../lib/cli/talk.js';
import type { Watcher } from '../../lib/cli/watcher.js';
import type { RecordLine } from '../../lib/observe/report/record-line.js';

/** A plan of which only the parts are said that a test is about. */
export function planOf(parts: Partial<RunPlan> = {}): RunPlan {
  return {
    inputs: { urls: [], files: ['-'] },
    request: {},
    fetch: {},
    files: {},
    body: 'none',
    talk: { level: 'normal', color: false, json: false },
    ...parts,
  };
}

/** What a run is given instead of the process. */
export interface Surroundings {
  /** @default none: to read it is an error */
  readonly stdin?: string | Readable;
  /** @default keeps what is written */
  readonly stdout?: Output;
  readonly watchers?: readonly Watcher[];
  /** @default the inputs of the plan */
  readonly source?: RunSource;
  readonly scheduler?: SchedulerLike;
}

/** A run in this process, and what came of it. */
export interface RunOf {
  readonly code: Promise<number>;
  /** Emits its signals. */
  readonly signals: EventEmitter;
  /** The messages on stderr. */
  readonly said: readonly string[];
  /** All that was written there, the summary too. */
  readonly printed: readonly string[];
  /** Exit codes of those who could not wait. */
  readonly exits: number[];
  stdout(): string;
  records(): RecordLine[];
}

export function runOf(parts: Partial<RunPlan>, surroundings: Surroundings = {}): RunOf {
  const { stdin, watchers, source, scheduler = asyncScheduler } = surroundings;
  const chunks: Uint8Array[] = [];
  const kept: Output = {
    name: 'stdout',
    write: async (chunk) => void chunks.push(chunk),
    end: async () => undefined,
  };
  const printed: string[] = [];
  const exits: number[] = [];
  const signals = new EventEmitter();
  const plan = planOf(parts);
  const io: RunIo = {
    stdin: () => {
      if (stdin === undefined) throw new Error('nobody asked for stdin');
      return typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin;
    },
    stdout: () => surroundings.stdout ?? kept,
    talk: talkOn({ write: (text) => printed.push(text) }, plan.talk, () => 0),
    signals,
    scheduler,
    exit: (exit) => exits.push(exit),
  };
  const code = run(plan, watchers, io, source);
  const stdout = (): string => Buffer.concat(chunks).toString();
  return {
    code,
    signals,
    get said() {
      return printed.filter((text) => /^(sluice: |\{)/.test(text));
    },
    printed,
    exits,
    stdout,
    records: () =>
      stdout()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as RecordLine),
  };
}
