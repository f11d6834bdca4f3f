import type { SchedulerLike, Subscription } from 'rxjs';
import { exitCodes } from './exit-codes.js';
import type { RunIo } from './run-io.js';

/** How long those who send SIGTERM or SIGHUP wait for what is under way, in ms. */
const grace = 5_000;
const second = 1_000;
/** One who signals a process and its group, as GNU timeout does, sends it two of a kind within so many ms, and means one. */
export const echo = 100;

/** What a signal does to a run. */
export interface Interruptible {
  /** Inputs that were taken and have no record yet. */
  readonly underWay: number;
  /** Those of them whose request is under way. */
  readonly inFlight: number;
  /** What becomes of them when they are cut off, as the end of a sentence. */
  readonly whenCut: string;
  /** Takes no more of them. */
  drain(): void;
  /** Gives those that are under way their record now. */
  abort(): void;
}

/** What came of the signals. */
export interface Interruption {
  readonly isInterrupted: boolean;
  /** Listens no more. */
  stop(): void;
}

/**
 * The first signal drains the run, the second one aborts it, the third one ends the process. SIGTERM and SIGHUP wait
 * 5 s for the drain and then abort. The same one again within 100 ms is no other.
 */
export function listenToSignals(run: Interruptible, { signals, scheduler, talk, exit }: RunIo): Interruption {
  let count = 0;
  let latest: { readonly name: string; readonly at: number } | undefined;
  let cutAt: number | undefined;
  let told = 0;
  let timer: Subscription | undefined;

  const cut = (): void => {
    timer?.unsubscribe();
    count = Math.max(count, 2);
    if (run.underWay > 0) talk.info(`Cut off: ${run.underWay} under way ${run.whenCut}`);
    run.abort();
  };

  const countDown = (): void => {
    const left = cutAt === undefined ? undefined : cutAt - scheduler.now();
    if (left !== undefined && left <= 0) {
      cut();
      return;
    }
    if (run.inFlight > 0 && (run.inFlight !== told || left !== undefined)) {
      told = run.inFlight;
      talk.info(`${told} under way${left === undefined ? '' : `, ${Math.ceil(left / second)} s left`}`);
    }
    timer = after(scheduler, Math.min(second, left ?? second), countDown);
  };

  const drain = (isPatient: boolean): void => {
    run.drain();
    told = run.inFlight;
    if (!isPatient) cutAt = scheduler.now() + grace;
    const then = isPatient
      ? 'Ctrl-C again cuts them off'
      : `what is not done in ${grace / second} s is cut off`;
    const verb = told === 1 ? 'is' : 'are';
    talk.info(`Stopping: no more URLs are taken, ${told} ${verb} under way${told > 0 ? `; ${then}` : ''}`);
    timer = after(scheduler, second, countDown);
  };

  const heard = (name: string, isPatient: boolean) => (): void => {
    const at = scheduler.now();
    if (latest?.name === name && at - latest.at < echo) return;
    latest = { name, at };
    count++;
    if (count === 1) drain(isPatient);
    else if (count === 2) cut();
    else exit(exitCodes.interrupted);
  };

  const listeners = [
    ['SIGINT', heard('SIGINT', true)],
    ['SIGTERM', heard('SIGTERM', false)],
    ['SIGHUP', heard('SIGHUP', false)],
  ] as const;
  for (const [name, listener] of listeners) signals.on(name, listener);
  return {
    get isInterrupted() {
      return count > 0;
    },
    stop() {
      timer?.unsubscribe();
      for (const [name, listener] of listeners) signals.off(name, listener);
    },
  };
}

function after(scheduler: SchedulerLike, ms: number, call: () => void): Subscription {
  return scheduler.schedule(() => call(), ms);
}
