import { asyncScheduler, type SchedulerLike } from 'rxjs';
import type { Readable } from 'node:stream';
import type { Output } from '../files/output.js';
import { stdoutOutput } from './output/stdout-output.js';
import type { RunPlan } from './run-plan.js';
import { talkOn, type Talk } from './talk.js';

/** What a run has of the process it runs in; of a test's own in a test. */
export interface RunIo {
  /** Is called where stdin is an input, and only there: to look at it is to open it. */
  readonly stdin: () => Readable;
  /** Is called where stdout is an output, and only there. */
  readonly stdout: () => Output;
  readonly talk: Talk;
  /** Where signals come from. */
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly scheduler: SchedulerLike;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** This process. */
export function processIo(plan: Pick<RunPlan, 'talk'>): RunIo {
  process.stderr.on('error', () => undefined); // who listened to messages may go; the run goes on
  return {
    stdin: () => process.stdin,
    stdout: stdoutOutput,
    talk: talkOn(process.stderr, plan.talk, () => asyncScheduler.now()),
    signals: process,
    scheduler: asyncScheduler,
    exit: (code) => process.exit(code),
  };
}
